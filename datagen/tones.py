"""Tonal test signals: tones in white, pink or recorded noise, with narrow-band interferers.

A row has everything that was drawn: the same row gives the same samples. Levels are absolute (a
tone of amplitude 1), because the step size of an LMS filter is relative to them; nothing is
rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from audio.whole import whole
from dsp.decibel import amplitude
from dsp.level import noise_gain
from dsp.tone import Tone

COLOURS = ("white", "pink")
FREQUENCIES = 1  # in the seed of random frequencies, which differs from that of phases and noise


class Interferer(NamedTuple):
    """Machinery: a narrow band of noise around `hz`, `above_db` above a tone of amplitude 1.

    width_hz: of the band, at half its power; 0 for a steady tone.
    """

    hz: float
    above_db: float = 15.0
    width_hz: float = 1.0


class RandomTones(NamedTuple):
    """`count` tones of amplitude 1, whose frequencies are drawn anew, uniformly, for each draw."""

    count: int
    lowest_hz: float
    highest_hz: float


@dataclass(frozen=True)
class TonalProtocol:
    """The options of all rows.

    tones: as `dsp.tone.Tone`; their phases are drawn. noise: "white", "pink", or the path of a
    recording, which is cut at random and treated as circular. interferers are added to the noise,
    and `snr_db` of a row does not count them. random_tones: in place of `tones`. Raises ValueError
    for no tones, or a tone or an interferer above half of the sample rate.
    """

    tones: Sequence[Tone]
    noise: str = "white"
    interferers: Sequence[Interferer] = ()
    sample_rate: int = 16384
    duration_s: float = 30.0
    random_tones: RandomTones | None = None

    def __post_init__(self):
        drawn = self.random_tones
        if not self.tones and drawn is None:
            raise ValueError("tones=[]: a tonal mixture needs at least one tone")
        if self.tones and drawn is not None:
            raise ValueError("tones and random_tones are both given; give tones=[] for random ones")
        ends = () if drawn is None else (drawn.lowest_hz, drawn.highest_hz)
        for hz in (*(sound.hz for sound in (*self.tones, *self.interferers)), *ends):
            if not 0 < hz < self.sample_rate / 2:
                raise ValueError(
                    f"{hz:g} Hz does not lie between 0 and half of "
                    f"sample_rate={self.sample_rate} Hz; choose another frequency or a higher rate"
                )

    def tones_of(self, draw: int, seed: int) -> Sequence[Tone]:
        """The tones of a draw."""
        if self.random_tones is None:
            return self.tones
        count, lowest_hz, highest_hz = self.random_tones
        rng = np.random.default_rng([seed, draw, FREQUENCIES])
        return [Tone(float(hz)) for hz in np.sort(rng.uniform(lowest_hz, highest_hz, count))]


def draw_tonal_rows(snrs_db: Sequence[float], draws: int) -> pd.DataFrame:
    """Rows of a plan: mixture_id, split, snr_db, draw.

    Every draw has the same noise and phases at all SNRs.
    """
    rows = []
    for snr_db in snrs_db:
        for draw in range(draws):
            name = f"lines-{snr_db:g}dB-{draw:03d}"
            rows.append((name, "test", float(snr_db), draw))
    return pd.DataFrame(rows, columns=["mixture_id", "split", "snr_db", "draw"])


def render_tonal(
    protocol: TonalProtocol, snr_db: float, draw: int, seed: int
) -> dict[str, np.ndarray]:
    """One row's "mixture", "clean" and "noise", float64 [time], with mixture == clean + noise.

    snr_db is the energy of all tones over that of the noise without interferers (see dsp.level),
    over the whole signal.
    """
    rng = np.random.default_rng([seed, draw])
    samples = round(protocol.duration_s * protocol.sample_rate)
    tones = protocol.tones_of(draw, seed)
    sines = [_sine(tone, rng, samples, protocol.sample_rate) for tone in tones]
    clean = np.sum(sines, axis=0)
    noise = _noise(protocol, rng, samples)
    gain = noise_gain(torch.from_numpy(clean), torch.from_numpy(noise), torch.tensor(snr_db))
    noise = noise * gain.numpy()
    for interferer in protocol.interferers:
        noise = noise + _narrow(interferer, rng, samples, protocol.sample_rate)
    return {"mixture": clean + noise, "clean": clean, "noise": noise}


def _sine(tone: Tone, rng: np.random.Generator, samples: int, sample_rate: int) -> np.ndarray:
    time = np.arange(samples) / sample_rate
    cycles = tone.hz * time + rng.random()
    sine = tone.amplitude * np.sin(2 * np.pi * cycles)
    sounding = time >= tone.begin_s
    if tone.end_s is not None:
        sounding &= time < tone.end_s
    return np.where(sounding, sine, 0.0)


def _noise(protocol: TonalProtocol, rng: np.random.Generator, samples: int) -> np.ndarray:
    if protocol.noise not in COLOURS:
        return _recorded(protocol, rng, samples)
    white = rng.standard_normal(samples)
    if protocol.noise == "white":
        return white
    freq = np.fft.rfftfreq(samples, 1 / protocol.sample_rate)
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(freq, 1.0))
    return np.fft.irfft(spectrum, samples)


def _recorded(protocol: TonalProtocol, rng: np.random.Generator, samples: int) -> np.ndarray:
    """A circular cut of a recording, which begins at a random sample."""
    recording, _ = whole(protocol.noise, protocol.sample_rate)
    if not recording.any():
        raise ValueError(
            f"{protocol.noise}: is silent; choose another recording, or one of {', '.join(COLOURS)}"
        )
    start = int(rng.integers(len(recording)))
    circular = np.roll(recording.astype(np.float64), -start)
    return np.resize(circular, samples)


def _narrow(
    interferer: Interferer, rng: np.random.Generator, samples: int, sample_rate: int
) -> np.ndarray:
    """A carrier whose complex amplitude is filtered noise (one pole), at its power."""
    from scipy.signal import lfilter  # slow to load

    decay = np.exp(-np.pi * interferer.width_hz / sample_rate)
    white = _complex_normal(rng, samples)
    state = decay * _complex_normal(rng, 1)  # stationary from the first sample on
    envelope, _ = lfilter([np.sqrt(1 - decay**2)], [1, -decay], white, zi=state)
    level = np.sqrt(np.mean(np.abs(envelope) ** 2))
    envelope *= amplitude(interferer.above_db) / level
    carrier = np.exp(2j * np.pi * interferer.hz * np.arange(samples) / sample_rate)
    return (envelope * carrier).real


def _complex_normal(rng: np.random.Generator, samples: int) -> np.ndarray:
    return rng.standard_normal(samples) + 1j * rng.standard_normal(samples)
