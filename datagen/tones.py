"""Tonal test signals: tones in white, pink or recorded noise, with narrow-band interferers where wanted.

A row says all that was drawn: the same row gives the same samples. Levels are absolute (a tone of
amplitude 1), because the step of an LMS filter is meant relative to them; nothing is rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from scipy.signal import lfilter

from audio.whole import whole
from dsp.decibel import amplitude
from dsp.level import noise_gain
from dsp.tone import Tone

COLOURS = ("white", "pink")


class Interferer(NamedTuple):
    """Machinery: a narrow band of noise around `hz`, `above_db` stronger than one tone of amplitude 1.

    width_hz: of the band, at half its power; 0 for a steady tone of its own.
    """

    hz: float
    above_db: float = 15.0
    width_hz: float = 1.0


@dataclass(frozen=True)
class TonalProtocol:
    """What all rows share.

    tones: as `dsp.tone.Tone`; their phases are drawn. noise: "white", "pink", or the path of a
    recording, which is cut at random and runs on from its end to its beginning. interferers come on
    top of what `snr_db` of a row counts. Raises ValueError for no tones, or a tone or an interferer
    that the sample rate cannot hold.
    """

    tones: Sequence[Tone]
    noise: str = "white"
    interferers: Sequence[Interferer] = ()
    sample_rate: int = 16384
    duration_s: float = 30.0

    def __post_init__(self):
        if not self.tones:
            raise ValueError("tones=[]: a tonal mixture needs at least one tone")
        for part in (*self.tones, *self.interferers):
            if not 0 < part.hz < self.sample_rate / 2:
                raise ValueError(
                    f"{part.hz:g} Hz does not lie between 0 and half of sample_rate={self.sample_rate} Hz; "
                    "choose another frequency or a higher rate"
                )


def draw_tonal_rows(snrs_db: Sequence[float], draws: int) -> pd.DataFrame:
    """Rows of a plan: mixture_id, split, snr_db, draw; every SNR meets the noise and the phases of every draw."""
    rows = [
        (f"lines-{snr_db:g}dB-{draw:03d}", "test", float(snr_db), draw)
        for snr_db in snrs_db
        for draw in range(draws)
    ]
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
    clean = np.sum(
        [_sine(tone, rng, samples, protocol.sample_rate) for tone in protocol.tones], axis=0
    )
    noise = _noise(protocol, rng, samples)
    pair = torch.from_numpy(clean), torch.from_numpy(noise)
    noise = noise * noise_gain(*pair, torch.tensor(snr_db)).numpy()
    for interferer in protocol.interferers:
        noise = noise + _narrow(interferer, rng, samples, protocol.sample_rate)
    return {"mixture": clean + noise, "clean": clean, "noise": noise}


def _sine(tone: Tone, rng: np.random.Generator, samples: int, sample_rate: int) -> np.ndarray:
    time = np.arange(samples) / sample_rate
    sine = tone.amplitude * np.sin(2 * np.pi * (tone.hz * time + rng.random()))
    end_s = np.inf if tone.end_s is None else tone.end_s
    return np.where((time >= tone.begin_s) & (time < end_s), sine, 0.0)


def _noise(protocol: TonalProtocol, rng: np.random.Generator, samples: int) -> np.ndarray:
    if protocol.noise not in COLOURS:
        recording = whole(protocol.noise, protocol.sample_rate)[0].astype(np.float64)
        if not recording.any():
            raise ValueError(
                f"{protocol.noise}: is silent; choose another recording, or one of {', '.join(COLOURS)}"
            )
        return np.roll(recording, -int(rng.integers(len(recording)))).take(
            np.arange(samples), mode="wrap"
        )
    white = rng.standard_normal(samples)
    if protocol.noise == "white":
        return white
    freq = np.fft.rfftfreq(samples, 1 / protocol.sample_rate)
    return np.fft.irfft(np.fft.rfft(white) / np.sqrt(np.maximum(freq, 1.0)), samples)


def _narrow(
    interferer: Interferer, rng: np.random.Generator, samples: int, sample_rate: int
) -> np.ndarray:
    """A carrier whose complex amplitude is noise through a one-pole filter, brought to its power."""
    decay = np.exp(-np.pi * interferer.width_hz / sample_rate)
    white = rng.standard_normal(samples) + 1j * rng.standard_normal(samples)
    start = np.array(
        [decay * (rng.standard_normal() + 1j * rng.standard_normal())]
    )  # steady from the first sample on
    envelope, _ = lfilter([np.sqrt(1 - decay**2)], [1, -decay], white, zi=start)
    envelope *= amplitude(interferer.above_db) / np.sqrt(np.mean(np.abs(envelope) ** 2))
    return (envelope * np.exp(2j * np.pi * interferer.hz * np.arange(samples) / sample_rate)).real
