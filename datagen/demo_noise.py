"""Noises of the demo corpus, made of random numbers and sines.

Every generator takes `(rng, samples)` and returns floats [time] at SAMPLE_RATE of any level; see
`datagen.synthesis.levelled`. They imitate the character of a noise (its spectrum, rhythm, tones), not any recording.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.signal import oaconvolve

from datagen.synthesis import SAMPLE_RATE, coloured, drift, unit

Generator = Callable[[np.random.Generator, int], np.ndarray]


def _slope(power: float, corner_hz: float = 25.0) -> Callable[[np.ndarray], np.ndarray]:
    return lambda freq: np.maximum(freq, corner_hz) ** power


def _band(low_hz: float, high_hz: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda freq: 1 / np.sqrt(1 + (low_hz / np.maximum(freq, 1)) ** 4 + (freq / high_hz) ** 4)


def _phase(freq_hz: np.ndarray) -> np.ndarray:
    return 2 * np.pi * np.cumsum(freq_hz) / SAMPLE_RATE


def _tones(rng: np.random.Generator, phase: np.ndarray, amplitudes: np.ndarray) -> np.ndarray:
    """Harmonics 1, 2, ... of `phase` with `amplitudes` and random starting phases."""
    starts = rng.uniform(0, 2 * np.pi, len(amplitudes))
    return sum(a * np.sin((k + 1) * phase + starts[k]) for k, a in enumerate(amplitudes))


def _hits(
    rng: np.random.Generator, at: np.ndarray, samples: int, modes_hz: Sequence[float], ring_s: float
) -> np.ndarray:
    """Impulses of random strength at the samples `at`, each ringing at `modes_hz` for about `ring_s`."""
    impulses = np.zeros(samples)
    np.add.at(impulses, at[(at >= 0) & (at < samples)], 1.0)
    impulses *= rng.uniform(0.4, 1.0, samples)
    time = np.arange(int(5 * ring_s * SAMPLE_RATE)) / SAMPLE_RATE
    ring = sum(np.sin(2 * np.pi * mode * time) for mode in modes_hz) * np.exp(-time / ring_s)
    return oaconvolve(impulses, ring)[:samples]


def white(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Equal power per Hz: receiver hiss."""
    return rng.standard_normal(samples)


def pink(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Power falling 3 dB per octave above 25 Hz: a waterfall, a busy hall from afar."""
    return coloured(rng, samples, _slope(-0.5))


def brown(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Power falling 6 dB per octave above 25 Hz: rumble of distant traffic or surf."""
    return coloured(rng, samples, _slope(-1.0))


def hum(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Mains hum: 50 Hz and its multiples, the even ones stronger as in a transformer, over faint hiss."""
    harmonic = np.arange(1, 25)
    amplitudes = rng.uniform(0.5, 1.5, 24) * np.where(harmonic % 2, 0.5, 1.0) / harmonic**0.7
    tones = _tones(rng, _phase(np.full(samples, 50.0)), amplitudes)
    return unit(tones) * (0.8 + 0.4 * drift(rng, samples, 3.0)) + 0.05 * rng.standard_normal(samples)


def engine(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A four-cylinder engine: firings at twice a slowly wandering shaft rate, and broadband exhaust noise."""
    shaft_hz = 18 + 40 * drift(rng, samples, rng.uniform(2, 4))
    amplitudes = rng.uniform(0.3, 1.0, 30) / np.arange(1, 31) ** 0.6
    amplitudes[1::2] *= 2.5
    pulses = unit(_tones(rng, _phase(shaft_hz), amplitudes))
    return pulses + 0.5 * coloured(rng, samples, _band(80, 1500)) * (shaft_hz / 40)


def wind(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Wind over a microphone: low rumble, and a rustle that grows with the square of each gust."""
    gust = 0.15 + drift(rng, samples, 1.5) ** 1.5
    rustle = coloured(rng, samples, _band(200, 1200))
    return gust * coloured(rng, samples, _slope(-1.2, 30)) + 0.5 * gust**2 * rustle


def rain(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Rain on a sill: some 150 drops a second, each a short ring of its own pitch class, over a soft rush."""
    drops = np.zeros(samples)
    for mode_hz in rng.uniform(1200, 6500, 6):
        at = rng.integers(0, samples, int(25 * samples / SAMPLE_RATE))
        drops += _hits(rng, at, samples, [mode_hz], rng.uniform(0.001, 0.004))
    return unit(drops) + 0.6 * coloured(rng, samples, _band(800, 6000))


def fan(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A desk fan: steady air noise that flutters with the blades, and their tone with some multiples."""
    blade_hz = rng.uniform(60, 130) * (1 + 0.01 * drift(rng, samples, 2.0))
    phase = _phase(blade_hz)
    air = coloured(rng, samples, _band(150, 2500)) * (1 + 0.3 * np.sin(phase))
    return air + 0.5 * unit(_tones(rng, phase, np.array([1.0, 0.5, 0.3, 0.2])))


def alarm(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A two-tone alarm switching two or three times a second, in a faintly noisy room."""
    low_hz = rng.uniform(600, 900)
    period = int(SAMPLE_RATE / rng.uniform(1.0, 1.6))
    high = (np.arange(samples) % period) < period // 2
    tones = _tones(rng, _phase(np.where(high, 1.3 * low_hz, low_hz)), np.array([1.0, 0.2, 0.4, 0.1, 0.15]))
    return unit(tones) + 0.1 * coloured(rng, samples, _slope(-0.5))


def hammer(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A stamping machine: uneven metal blows two to five times a second above the noise of its motor."""
    gap = SAMPLE_RATE / rng.uniform(2, 5)
    at = np.arange(0, samples, gap) + rng.normal(0, 0.02 * gap, len(np.arange(0, samples, gap)))
    blows = _hits(rng, at.astype(int), samples, rng.uniform(300, 4000, 7), 0.04)
    motor = _tones(rng, _phase(np.full(samples, rng.uniform(40, 90))), 1 / np.arange(1, 12))
    return unit(blows) + 0.3 * unit(motor) + 0.25 * coloured(rng, samples, _slope(-0.5))


def rattle(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A train ride: rolling rumble, and wheels over rail joints in double knocks at a drifting pace."""
    beats = np.cumsum(rng.normal(0.62, 0.02, int(2 * samples / SAMPLE_RATE) + 2)) * SAMPLE_RATE
    at = np.concatenate([beats, beats + 0.14 * SAMPLE_RATE]).astype(int)
    knocks = _hits(rng, at, samples, rng.uniform(90, 900, 6), 0.03)
    rolling = coloured(rng, samples, _slope(-0.8, 40)) + 0.3 * coloured(rng, samples, _band(700, 3000))
    return unit(knocks) + rolling * (0.6 + 0.4 * drift(rng, samples, 2.0))


def siren(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A siren wailing between about 500 and 1400 Hz every few seconds, with street noise below it."""
    time = np.arange(samples) / SAMPLE_RATE
    sweep = 0.5 - 0.5 * np.cos(2 * np.pi * time / rng.uniform(3, 5) + rng.uniform(0, 6))
    tones = _tones(rng, _phase(500 * 2.8**sweep), np.array([1.0, 0.5, 0.35, 0.2, 0.1]))
    return unit(tones) * (0.6 + 0.4 * drift(rng, samples, 4.0)) + 0.25 * coloured(rng, samples, _slope(-0.7))


def rotor(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A helicopter: low noise chopped by the blades 11 to 17 times a second, and a turbine's whine."""
    phase = _phase(rng.uniform(11, 17) * (1 + 0.03 * drift(rng, samples, 3.0)))
    chop = np.exp(3.0 * (np.cos(phase) - 1))
    whine = np.sin(_phase(np.full(samples, rng.uniform(1800, 2600))))
    return (0.15 + chop) * coloured(rng, samples, _band(60, 800)) + 0.03 * whine


def speech_shaped(rng: np.random.Generator, samples: int, speech: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Steady noise with the long-term spectrum of `speech` (per speaker, the utterances, [time] each)."""
    frames = np.concatenate([u[: u.size // 512 * 512].reshape(-1, 512) for voice in speech for u in voice])
    magnitude = np.sqrt(np.mean(np.abs(np.fft.rfft(frames * np.hanning(512))) ** 2, axis=0))
    bins_hz = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
    return coloured(rng, samples, lambda freq: np.interp(freq, bins_hz, magnitude))


SEEN: dict[str, Generator] = {f.__name__: f for f in (white, pink, brown, hum, engine, wind, rain, fan, alarm, hammer)}
UNSEEN: dict[str, Generator] = {f.__name__: f for f in (rattle, siren, rotor)}
