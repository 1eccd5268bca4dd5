"""Noises of the demo corpus, made of random numbers and sines.

Every generator takes `(rng, samples)` and returns floats [time] at SAMPLE_RATE of any level; see
`datagen.synthesis.levelled`. They imitate the character of a noise (its spectrum, rhythm, tones),
not any recording.
"""

from collections.abc import Callable, Sequence

import numpy as np

from datagen.synthesis import (
    SAMPLE_RATE,
    Rng,
    band,
    coloured,
    drift,
    harmonics,
    hits,
    phase_of,
    slope,
    steady_phase,
    unit,
)

FRAME = 512  # samples of a spectrum of speech
Generator = Callable[[Rng, int], np.ndarray]


def white(rng: Rng, samples: int) -> np.ndarray:
    """Equal power per Hz: receiver hiss."""
    return rng.standard_normal(samples)


def pink(rng: Rng, samples: int) -> np.ndarray:
    """Power falling 3 dB per octave above 25 Hz: a waterfall, a busy hall from afar."""
    return coloured(rng, samples, slope(-0.5))


def brown(rng: Rng, samples: int) -> np.ndarray:
    """Power falling 6 dB per octave above 25 Hz: rumble of distant traffic or surf."""
    return coloured(rng, samples, slope(-1.0))


def hum(rng: Rng, samples: int) -> np.ndarray:
    """Mains hum over faint hiss: 50 Hz and multiples, even ones stronger as in a transformer."""
    harmonic = np.arange(1, 25)
    evenness = np.where(harmonic % 2, 0.5, 1.0)
    amplitudes = rng.uniform(0.5, 1.5, 24) * evenness / harmonic**0.7
    tones = harmonics(rng, steady_phase(samples, 50.0), amplitudes)
    swell = 0.8 + 0.4 * drift(rng, samples, 3.0)
    hiss = rng.standard_normal(samples)
    return unit(tones) * swell + 0.05 * hiss


def engine(rng: Rng, samples: int) -> np.ndarray:
    """A four-cylinder engine: firings at twice a slowly wandering shaft rate, and exhaust noise."""
    shaft_hz = 18 + 40 * drift(rng, samples, rng.uniform(2, 4))
    amplitudes = rng.uniform(0.3, 1.0, 30) / np.arange(1, 31) ** 0.6
    amplitudes[1::2] *= 2.5
    pulses = harmonics(rng, phase_of(shaft_hz), amplitudes)
    exhaust = coloured(rng, samples, band(80, 1500))
    return unit(pulses) + 0.5 * exhaust * (shaft_hz / 40)


def wind(rng: Rng, samples: int) -> np.ndarray:
    """Wind over a microphone: low rumble, and a rustle that grows with the square of each gust."""
    gust = 0.15 + drift(rng, samples, 1.5) ** 1.5
    rustle = coloured(rng, samples, band(200, 1200))
    rumble = coloured(rng, samples, slope(-1.2, 30))
    return gust * rumble + 0.5 * gust**2 * rustle


def rain(rng: Rng, samples: int) -> np.ndarray:
    """Rain on a sill: some 150 drops a second, each a short ring of its own pitch, over a rush."""
    drops = np.zeros(samples)
    per_mode = int(25 * samples / SAMPLE_RATE)
    for mode_hz in rng.uniform(1200, 6500, 6):
        at = rng.integers(0, samples, per_mode)
        ring_s = rng.uniform(0.001, 0.004)
        drops += hits(rng, at, samples, [mode_hz], ring_s)
    rush = coloured(rng, samples, band(800, 6000))
    return unit(drops) + 0.6 * rush


def fan(rng: Rng, samples: int) -> np.ndarray:
    """A desk fan: steady air noise that flutters with the blades, and their tone and multiples."""
    mean_hz = rng.uniform(60, 130)
    phase = phase_of(mean_hz * (1 + 0.01 * drift(rng, samples, 2.0)))
    flutter = 1 + 0.3 * np.sin(phase)
    air = coloured(rng, samples, band(150, 2500)) * flutter
    tones = harmonics(rng, phase, np.array([1.0, 0.5, 0.3, 0.2]))
    return air + 0.5 * unit(tones)


def alarm(rng: Rng, samples: int) -> np.ndarray:
    """A two-tone alarm switching two or three times a second, in a faintly noisy room."""
    low_hz = rng.uniform(600, 900)
    period = int(SAMPLE_RATE / rng.uniform(1.0, 1.6))
    is_high = (np.arange(samples) % period) < period // 2
    phase = phase_of(np.where(is_high, 1.3 * low_hz, low_hz))
    tones = harmonics(rng, phase, np.array([1.0, 0.2, 0.4, 0.1, 0.15]))
    room = coloured(rng, samples, slope(-0.5))
    return unit(tones) + 0.1 * room


def hammer(rng: Rng, samples: int) -> np.ndarray:
    """A stamping machine: uneven metal blows two to five times a second above its motor's noise."""
    gap = SAMPLE_RATE / rng.uniform(2, 5)
    beats = np.arange(0, samples, gap)
    at = beats + rng.normal(0, 0.02 * gap, len(beats))
    modes_hz = rng.uniform(300, 4000, 7)
    blows = hits(rng, at.astype(int), samples, modes_hz, 0.04)
    motor_hz = rng.uniform(40, 90)
    motor = harmonics(rng, steady_phase(samples, motor_hz), 1 / np.arange(1, 12))
    hall = coloured(rng, samples, slope(-0.5))
    return unit(blows) + 0.3 * unit(motor) + 0.25 * hall


def rattle(rng: Rng, samples: int) -> np.ndarray:
    """A train ride: rolling rumble, and wheels over rail joints in double knocks."""
    joints = int(2 * samples / SAMPLE_RATE) + 2
    beats = np.cumsum(rng.normal(0.62, 0.02, joints)) * SAMPLE_RATE
    at = np.concatenate([beats, beats + 0.14 * SAMPLE_RATE])
    modes_hz = rng.uniform(90, 900, 6)
    knocks = hits(rng, at.astype(int), samples, modes_hz, 0.03)
    rumble = coloured(rng, samples, slope(-0.8, 40))
    hiss = coloured(rng, samples, band(700, 3000))
    swell = 0.6 + 0.4 * drift(rng, samples, 2.0)
    return unit(knocks) + (rumble + 0.3 * hiss) * swell


def siren(rng: Rng, samples: int) -> np.ndarray:
    """A siren wailing between about 500 and 1400 Hz every few seconds, with street noise below."""
    time = np.arange(samples) / SAMPLE_RATE
    period_s = rng.uniform(3, 5)
    start = rng.uniform(0, 6)
    sweep = 0.5 - 0.5 * np.cos(2 * np.pi * time / period_s + start)
    phase = phase_of(500 * 2.8**sweep)
    tones = harmonics(rng, phase, np.array([1.0, 0.5, 0.35, 0.2, 0.1]))
    swell = 0.6 + 0.4 * drift(rng, samples, 4.0)
    street = coloured(rng, samples, slope(-0.7))
    return unit(tones) * swell + 0.25 * street


def rotor(rng: Rng, samples: int) -> np.ndarray:
    """A helicopter: low noise chopped by blades 11 to 17 times a second, and a turbine's whine."""
    mean_hz = rng.uniform(11, 17)
    phase = phase_of(mean_hz * (1 + 0.03 * drift(rng, samples, 3.0)))
    chop = np.exp(3.0 * (np.cos(phase) - 1))
    whine_hz = rng.uniform(1800, 2600)
    whine = np.sin(steady_phase(samples, whine_hz))
    wash = coloured(rng, samples, band(60, 800))
    return (0.15 + chop) * wash + 0.03 * whine


def speech_shaped(rng: Rng, samples: int, speech: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Steady noise with the long-term spectrum of `speech` (per speaker, utterances [time])."""
    frames = []
    for utterances in speech:
        for utterance in utterances:
            whole = utterance.size // FRAME * FRAME
            frames.append(utterance[:whole].reshape(-1, FRAME))
    spectra = np.fft.rfft(np.concatenate(frames) * np.hanning(FRAME))
    magnitude = np.sqrt(np.mean(np.abs(spectra) ** 2, axis=0))
    bins_hz = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)

    def mean_magnitude(freq: np.ndarray) -> np.ndarray:
        return np.interp(freq, bins_hz, magnitude)

    return coloured(rng, samples, mean_magnitude)


_SEEN = (white, pink, brown, hum, engine, wind, rain, fan, alarm, hammer)
_UNSEEN = (rattle, siren, rotor)
SEEN: dict[str, Generator] = {generator.__name__: generator for generator in _SEEN}
UNSEEN: dict[str, Generator] = {generator.__name__: generator for generator in _UNSEEN}
