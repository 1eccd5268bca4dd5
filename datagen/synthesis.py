"""Parts of synthetic noise: colours, tones, blows, slow drifts, simultaneous voices, a level."""

from collections.abc import Callable, Sequence

import numpy as np

from dsp.decibel import amplitude

Rng = np.random.Generator
Shape = Callable[[np.ndarray], np.ndarray]  # magnitude over frequency (Hz)

SAMPLE_RATE = 16000
LEVEL_DB = -26.0  # mean level, dB relative to full scale
PEAK = 0.9


def levelled(noise: np.ndarray) -> np.ndarray:
    """`noise` [time] without its mean, at LEVEL_DB, or lower if its peak would exceed PEAK."""
    noise = unit(noise - noise.mean()) * amplitude(LEVEL_DB)
    below_peak = PEAK / np.abs(noise).max()
    return noise * min(1.0, below_peak)


def coloured(rng: Rng, samples: int, shape: Shape) -> np.ndarray:
    """Gaussian noise [time] of unit power whose magnitude over frequency (Hz) follows `shape`."""
    freq = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    noise = np.fft.irfft(spectrum * shape(freq), samples)
    return unit(noise)


def slope(power: float, corner_hz: float = 25.0) -> Shape:
    """A power of the frequency, flat below `corner_hz`."""

    def magnitude(freq: np.ndarray) -> np.ndarray:
        return np.maximum(freq, corner_hz) ** power

    return magnitude


def band(low_hz: float, high_hz: float) -> Shape:
    """About 1 between the two frequencies, falling 12 dB per octave beyond them."""

    def magnitude(freq: np.ndarray) -> np.ndarray:
        below = (low_hz / np.maximum(freq, 1)) ** 4
        above = (freq / high_hz) ** 4
        return 1 / np.sqrt(1 + below + above)

    return magnitude


def phase_of(freq_hz: np.ndarray) -> np.ndarray:
    """The phase in radians of a tone of `freq_hz` [time], which may change over time."""
    return 2 * np.pi * np.cumsum(freq_hz) / SAMPLE_RATE


def steady_phase(samples: int, freq_hz: float) -> np.ndarray:
    """The phase of a tone of constant frequency `freq_hz`."""
    return phase_of(np.full(samples, freq_hz))


def harmonics(rng: Rng, phase: np.ndarray, amplitudes: np.ndarray) -> np.ndarray:
    """Harmonics 1, 2, ... of `phase` with `amplitudes` and random starting phases."""
    starts = rng.uniform(0, 2 * np.pi, len(amplitudes))
    tones = np.zeros(len(phase))
    for number, height in enumerate(amplitudes):
        tones += height * np.sin((number + 1) * phase + starts[number])
    return tones


def hits(
    rng: Rng, at: np.ndarray, samples: int, modes_hz: Sequence[float], ring_s: float
) -> np.ndarray:
    """Blows of random strength at the samples `at`, ringing at `modes_hz` for about `ring_s`."""
    from scipy.signal import oaconvolve  # slow to load

    inside = (at >= 0) & (at < samples)
    impulses = np.zeros(samples)
    np.add.at(impulses, at[inside], 1.0)
    impulses *= rng.uniform(0.4, 1.0, samples)
    time = np.arange(int(5 * ring_s * SAMPLE_RATE)) / SAMPLE_RATE
    modes = np.zeros(len(time))
    for mode_hz in modes_hz:
        modes += np.sin(2 * np.pi * mode_hz * time)
    ring = modes * np.exp(-time / ring_s)
    return oaconvolve(impulses, ring)[:samples]


def drift(rng: Rng, samples: int, period_s: float) -> np.ndarray:
    """A smooth random curve [time] between 0 and 1, with a new value about every `period_s` s."""
    periods = int(samples / SAMPLE_RATE / period_s)
    knots = rng.uniform(0, 1, periods + 3)
    position = np.arange(samples) / SAMPLE_RATE / period_s
    index = position.astype(int)
    fraction = 0.5 - 0.5 * np.cos(np.pi * (position % 1))
    before, after = knots[index], knots[index + 1]
    return before * (1 - fraction) + after * fraction


def unit(noise: np.ndarray) -> np.ndarray:
    """`noise` [time] brought to a mean power of 1."""
    return noise / np.sqrt(np.mean(noise**2))


def babble(rng: Rng, samples: int, speech: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """All speakers at once: a continuous stream per speaker of `speech` (utterances, [time] each).

    Each stream begins at a random place, and is attenuated by up to 4 dB.
    """
    streams = []
    for utterances in speech:
        order = rng.permutation(len(utterances))
        joined = np.concatenate([utterances[number] for number in order])
        begin = rng.integers(samples)
        stream = np.roll(np.resize(joined, samples), begin)
        gain_db = rng.uniform(-4, 0)
        streams.append(stream * amplitude(gain_db))
    return np.sum(streams, axis=0)
