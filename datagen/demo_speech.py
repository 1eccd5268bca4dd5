"""Synthetic speech of the demo corpus: voices, sentences and the binding to eSpeak NG (an extra, GPL-3)."""

import ctypes
import importlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import soxr
from scipy.signal import lfilter

SAMPLE_RATE = 16000
LEVEL_DB = -26.0  # mean level of an utterance, dB relative to full scale
PEAK = 0.85
REMEDY = (
    "the demo's speech needs the extra 'demo': pip install -e '.[demo]', "
    "or use experiment=librispeech with data of your own"
)

# eSpeak NG's numbers (speak_lib.h)
_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8 = 2, 0x8000, 1
_PARAMETERS = (1, 2, 3, 4)  # rate, volume, pitch, range
_QUIET = 35  # its usual volume of 100 clips several variants
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class Voice:
    """An eSpeak voice `language+variant`: `rate` in words per minute, `pitch` and `pitch_range` 0 to 100."""

    name: str
    rate: int
    pitch: int
    pitch_range: int

    @property
    def speaker(self) -> str:
        """The voice as a folder name: `en-us+f2` is `enus_f2`."""
        return self.name.replace("-", "").replace("+", "_").lower()


# One clause is one choice from each slot; an empty choice leaves the slot out.
_CLAUSE = {
    "en": (
        "the|our|every|that|her|no|another",
        "|quiet|yellow|clumsy|foreign|tired|young|thoughtful|enormous",
        "gardener|fiddle player|judge|neighbour|cheese maker|pilot|child|shepherd|watchmaker|visitor",
        "carries|paints|forgets|measures|chooses|borrows|watches|throws|fixes|describes|usually finds|judges",
        "three|the|those|my|such|five|your|some",
        "|thick|frozen|purple|hollow|rusty|gentle|shiny|vague",
        "lamps|fishing boats|violins|oranges|letters|bicycles|jugs|feathers|maps|churches|shoes|windows",
        "|behind the|across the|near this|without a|under the|beyond our|through the",
        "harbour|orchard|village|garage|theatre|mountain|yard|ship|laundry|beach",
    ),
    "de": (
        "der alte Koch|die kleine Schwester|unser Nachbar|das fröhliche Kind|jeder Jäger|eine junge Ärztin",
        "zeichnet|sucht|verkauft|versteckt|bringt|öffnet|zählt",
        "heute|zwölf|schöne|ganz leise|am Abend|fünf",
        "Äpfel|Schlüssel|Bücher|Brücken|Vögel|Tücher|Pferde",
        "hinter dem Haus|ohne Schirm|auf dem Markt|durch den Wald|zwischen zwei Zügen",
    ),
    "fr": (
        "le vieux boulanger|ma petite cousine|chaque voisin|un jeune peintre|la reine|notre facteur",
        "cherche|dessine|oublie|vend|regarde|garde|lave",
        "souvent|toujours|vingt|deux ou trois|quelques|ce matin",
        "oignons|journaux|chevaux|feuilles|parapluies|lunettes|fromages",
        "sous la pluie|devant la gare|sans un mot|au bord du lac|près du jardin rouge",
    ),
    "es": (
        "el viejo zapatero|mi hermana mayor|cada vecino|un joven pintor|la jueza|nuestro cartero",
        "busca|dibuja|olvida|vende|esconde|recoge|llena",
        "siempre|quince|muchas|ahora mismo|varias|despacio",
        "naranjas|llaves|guitarras|cajas|hojas|mesas|flores",
        "bajo la lluvia|detrás del puente|sin permiso|cerca del río|en la calle ancha",
    ),
    "it": (
        "il vecchio sarto|mia sorella|ogni vicino|un giovane pittore|la maestra|il nostro postino",
        "cerca|disegna|dimentica|vende|nasconde|raccoglie|guarda",
        "sempre|quindici|molte|adesso|alcune|piano piano",
        "arance|chiavi|chitarre|scatole|foglie|finestre|scarpe",
        "sotto la pioggia|dietro il ponte|senza fretta|vicino al fiume|nella piazza grande",
    ),
}


class Espeak:
    """One eSpeak NG of its own, as a context manager; not for threads.

    eSpeak keeps its state in globals that outlive `espeak_Terminate` and colour the noise of later
    utterances, so each instance loads a fresh copy of the library: the same calls in the same order give the
    same samples. Raises ValueError where espeakng_loader is missing, OSError where the library or its voices
    do not load.
    """

    def __enter__(self) -> "Espeak":
        loader = _loader()
        self._folder = tempfile.TemporaryDirectory()
        try:
            self._library = _load_copy(Path(loader.get_library_path()), Path(self._folder.name))
            # a short link, as eSpeak refuses paths of more than 160 characters
            self._data = Path(self._folder.name) / "data"
            self._data.symlink_to(loader.get_data_path(), target_is_directory=True)
            self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, bytes(self._data), _DO_NOT_EXIT)
            if self._rate <= 0:
                raise OSError(f"no voices in {loader.get_data_path()}; pip install --force-reinstall espeakng-loader")
        except BaseException:
            self._folder.cleanup()
            raise
        self._chunks: list[np.ndarray] = []
        self._callback = _CALLBACK(self._collect)  # kept: ctypes would free it under eSpeak's feet
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))  # eSpeak seeds itself from the clock
        return self

    def __exit__(self, *_: object) -> None:
        self._library.espeak_Terminate()
        self._folder.cleanup()

    def _collect(self, samples: "ctypes._Pointer", count: int, _: int) -> int:
        if samples and count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, text: str, voice: Voice) -> np.ndarray:
        """`text` spoken by `voice`: floats [time] at SAMPLE_RATE, -1 to 1; ValueError for an unknown voice."""
        # looked up here, since eSpeak speaks in its plain voice where it does not know the variant
        variant = self._data / "voices" / "!v" / voice.name.partition("+")[2]
        if not variant.is_file() or self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(f"eSpeak NG has no voice {voice.name!r}; name a language and a variant as in en+f3")
        for key, value in zip(_PARAMETERS, (voice.rate, _QUIET, voice.pitch, voice.pitch_range), strict=True):
            self._library.espeak_SetParameter(key, value, 0)
        self._chunks.clear()
        spoken = text.encode()
        self._library.espeak_Synth(spoken, len(spoken) + 1, 0, 0, 0, _UTF8, None, None)
        return soxr.resample(np.concatenate(self._chunks) / 32768, self._rate, SAMPLE_RATE, quality="HQ")


def _loader() -> ModuleType:
    try:
        return importlib.import_module("espeakng_loader")
    except ImportError as error:
        raise ValueError(REMEDY) from error


def _load_copy(library: Path, folder: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(shutil.copy(library, folder))
    except OSError:  # a temporary folder mounted noexec: the original serves, only not afresh the second time
        return ctypes.CDLL(str(library))


def sentence(rng: np.random.Generator, language: str) -> str:
    """One drawn sentence in `language` (en, de, fr, es, it), its words chosen slot by slot."""
    words = [str(rng.choice(slot.split("|"))) for slot in _CLAUSE[language]]
    return " ".join(word for word in words if word) + str(rng.choice([".", ".", "?", "!"]))


def utterance(espeak: Espeak, voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """A sentence of about 2.4 to 4.2 s as one might record it: floats [time] at SAMPLE_RATE.

    Near-silence of 0.1 to 0.2 s at both ends, a mild tilt and low shelf as of a microphone, LEVEL_DB give or
    take 3 dB, and noise around -75 dB, so that pauses are quiet but never digitally silent.
    """
    for _ in range(10):
        speech = _trim(espeak.say(sentence(rng, voice.name[:2]), voice))
        if 2.2 <= speech.size / SAMPLE_RATE <= 3.8:
            break
    before, after = (int(second * SAMPLE_RATE) for second in rng.uniform(0.1, 0.2, 2))
    return _record(np.pad(speech, (before, after)), rng)


def _trim(speech: np.ndarray) -> np.ndarray:
    heard = np.flatnonzero(np.abs(speech) > 0.005 * np.abs(speech).max())
    return speech[heard[0] : heard[-1] + 1]


def _record(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    tilt, shelf, corner_hz = rng.uniform(-0.25, 0.25), rng.uniform(-0.4, 0.6), rng.uniform(150, 500)
    speech = lfilter([1.0, -tilt], [1.0], speech)
    pole = np.exp(-2 * np.pi * corner_hz / SAMPLE_RATE)
    speech = speech + shelf * lfilter([1 - pole], [1.0, -pole], speech)
    level_db = LEVEL_DB + rng.uniform(-3, 3)
    speech = speech * 10 ** (level_db / 20) / np.sqrt(np.mean(speech**2))
    speech = speech * min(1.0, PEAK / np.abs(speech).max())
    return speech + rng.normal(0, 10 ** (rng.uniform(-78, -72) / 20), speech.size)
