"""What made-up noise is made of: colours, slow drifts, voices at once, a level."""

from collections.abc import Callable, Sequence

import numpy as np

SAMPLE_RATE = 16000
LEVEL_DB = -26.0  # mean level, dB relative to full scale
PEAK = 0.9


def levelled(noise: np.ndarray) -> np.ndarray:
    """`noise` [time] without its mean, at LEVEL_DB, or below where its peak would pass PEAK."""
    noise = unit(noise - noise.mean()) * 10 ** (LEVEL_DB / 20)
    return noise * min(1.0, PEAK / np.abs(noise).max())


def coloured(rng: np.random.Generator, samples: int, shape: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Gaussian noise of unit power whose magnitude over frequency (Hz) follows `shape`."""
    freq = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    return unit(np.fft.irfft(np.fft.rfft(rng.standard_normal(samples)) * shape(freq), samples))


def drift(rng: np.random.Generator, samples: int, period_s: float) -> np.ndarray:
    """A smooth random curve between 0 and 1 with a new value about every `period_s` seconds."""
    knots = rng.uniform(0, 1, int(samples / SAMPLE_RATE / period_s) + 3)
    position = np.arange(samples) / SAMPLE_RATE / period_s
    index, fraction = position.astype(int), 0.5 - 0.5 * np.cos(np.pi * (position % 1))
    return knots[index] * (1 - fraction) + knots[index + 1] * fraction


def unit(noise: np.ndarray) -> np.ndarray:
    """`noise` [time] brought to a mean power of 1."""
    return noise / np.sqrt(np.mean(noise**2))


def babble(rng: np.random.Generator, samples: int, speech: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """All talking at once: one unbroken stream per speaker of `speech` (utterances, [time] each)."""
    streams = []
    for utterances in speech:
        stream = np.concatenate([utterances[i] for i in rng.permutation(len(utterances))])
        streams.append(np.roll(np.resize(stream, samples), rng.integers(samples)) * 10 ** (rng.uniform(-4, 0) / 20))
    return np.sum(streams, axis=0)
