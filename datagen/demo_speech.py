"""Synthetic speech of the demo corpus: voices and the binding to eSpeak NG (an extra, GPL-3)."""

import ctypes
import importlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import soxr

from datagen.demo_sentences import sentence
from datagen.synthesis import SAMPLE_RATE
from dsp.decibel import amplitude
from options.extras import install

LEVEL_DB = -26.0  # mean level of an utterance, dB relative to full scale
PEAK = 0.85

# eSpeak NG's numbers (speak_lib.h)
_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8 = 2, 0x8000, 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_QUIET = 35  # its usual volume of 100 clips several variants
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@dataclass(frozen=True)
class Voice:
    """An eSpeak voice `language+variant`.

    `rate` in words per minute, `pitch` and `pitch_range` 0 to 100.
    """

    name: str
    rate: int
    pitch: int
    pitch_range: int

    @property
    def speaker(self) -> str:
        """The voice as a folder name: `en-us+f2` is `enus_f2`."""
        name = self.name.replace("-", "").replace("+", "_")
        return name.lower()


class Espeak:
    """An instance of eSpeak NG, as a context manager; not for threads.

    eSpeak keeps its state in globals that outlive `espeak_Terminate` and change the noise of later
    utterances. Each instance therefore loads a new copy of the library: the same calls in the same
    order give the same samples. Raises ValueError if espeakng_loader is missing, OSError if the
    library or its voices cannot be loaded.
    """

    def __enter__(self) -> "Espeak":
        loader = _loader()
        self._folder = tempfile.TemporaryDirectory()
        try:
            self._initialise(loader.get_library_path(), loader.get_data_path())
        except BaseException:
            self._folder.cleanup()
            raise
        self._chunks: list[np.ndarray] = []
        self._callback = _CALLBACK(self._collect)  # kept: ctypes would free it under eSpeak's feet
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))  # eSpeak seeds itself from the clock
        return self

    def _initialise(self, library: str, data: str) -> None:
        folder = Path(self._folder.name)
        self._library = _load_copy(Path(library), folder)
        # a short link, as eSpeak refuses paths of more than 160 characters
        self._data = folder / "data"
        self._data.symlink_to(data, target_is_directory=True)
        self._rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, 0, bytes(self._data), _DO_NOT_EXIT
        )
        if self._rate <= 0:
            raise OSError(f"no voices in {data}; pip install --force-reinstall espeakng-loader")

    def __exit__(self, *_: object) -> None:
        self._library.espeak_Terminate()
        self._folder.cleanup()

    def _collect(self, samples: "ctypes._Pointer", count: int, _: int) -> int:
        """eSpeak calls this with every piece of speech; eSpeak owns the memory, so it is copied."""
        if samples and count > 0:
            chunk = np.ctypeslib.as_array(samples, (count,))
            self._chunks.append(chunk.copy())
        return 0

    def say(self, text: str, voice: Voice) -> np.ndarray:
        """`text` spoken by `voice`: floats [time] at SAMPLE_RATE, -1 to 1.

        Raises ValueError for an unknown voice.
        """
        # looked up here, since eSpeak speaks in its plain voice where it does not know the variant
        _, _, variant = voice.name.partition("+")
        is_known = (self._data / "voices" / "!v" / variant).is_file()
        if not is_known or self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(
                f"eSpeak NG has no voice {voice.name!r}; name a language and a variant as in en+f3"
            )
        self._library.espeak_SetParameter(_RATE, voice.rate, 0)
        self._library.espeak_SetParameter(_VOLUME, _QUIET, 0)
        self._library.espeak_SetParameter(_PITCH, voice.pitch, 0)
        self._library.espeak_SetParameter(_RANGE, voice.pitch_range, 0)
        self._chunks.clear()
        content = text.encode()
        self._library.espeak_Synth(content, len(content) + 1, 0, 0, 0, _UTF8, None, None)
        spoken = np.concatenate(self._chunks) / 32768
        return soxr.resample(spoken, self._rate, SAMPLE_RATE, quality="HQ")


def _loader() -> ModuleType:
    try:
        return importlib.import_module("espeakng_loader")
    except ImportError as error:
        raise ValueError(
            f"the demo's speech needs the extra 'demo': {install('demo')}, "
            "or use experiment=librispeech with data of your own"
        ) from error


def _load_copy(library: Path, folder: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(shutil.copy(library, folder))
    except OSError:
        # a temporary folder mounted noexec: the original serves, only not afresh the second time
        return ctypes.CDLL(str(library))


class Spoken(NamedTuple):
    """A sentence, and its sound: floats [time] at SAMPLE_RATE."""

    text: str
    speech: np.ndarray


def utterance(espeak: Espeak, voice: Voice, rng: np.random.Generator) -> Spoken:
    """A sentence of about 2.4 to 4.2 s as one might record it.

    Near-silence of 0.1 to 0.2 s at both ends, a mild tilt and low shelf as of a microphone,
    LEVEL_DB give or take 3 dB, and noise around -75 dB, so that pauses are quiet but never
    digitally silent.
    """
    for _ in range(10):
        text = sentence(rng, voice.name[:2])
        speech = _trim(espeak.say(text, voice))
        if 2.2 <= speech.size / SAMPLE_RATE <= 3.8:
            break
    before_s, after_s = rng.uniform(0.1, 0.2, 2)
    pauses = int(before_s * SAMPLE_RATE), int(after_s * SAMPLE_RATE)
    return Spoken(text, _record(np.pad(speech, pauses), rng))


def _trim(speech: np.ndarray) -> np.ndarray:
    """`speech` [time] without the silence before and after it."""
    magnitude = np.abs(speech)
    audible = np.flatnonzero(magnitude > 0.005 * magnitude.max())
    first, last = audible[0], audible[-1]
    return speech[first : last + 1]


def _record(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`speech` [time] as recorded by a microphone (see `utterance`)."""
    from scipy.signal import lfilter  # slow to load

    tilt = rng.uniform(-0.25, 0.25)
    shelf = rng.uniform(-0.4, 0.6)
    corner_hz = rng.uniform(150, 500)
    speech = lfilter([1.0, -tilt], [1.0], speech)
    pole = np.exp(-2 * np.pi * corner_hz / SAMPLE_RATE)
    low = lfilter([1 - pole], [1.0, -pole], speech)
    speech = speech + shelf * low
    level_db = LEVEL_DB + rng.uniform(-3, 3)
    power = np.mean(speech**2)
    speech = speech * amplitude(level_db) / np.sqrt(power)
    below_peak = PEAK / np.abs(speech).max()
    speech = speech * min(1.0, below_peak)
    noise_db = rng.uniform(-78, -72)
    noise = rng.normal(0, amplitude(noise_db), speech.size)
    return speech + noise
