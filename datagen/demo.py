"""The demo corpus: synthetic speech and noises.

With it the main script needs no data. It serves to try the tools, and is not a benchmark: eSpeak
NG's voices are far more alike than people's.
"""

import json
import zlib
from functools import partial
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from audio.encoding import encode
from datagen.demo_noise import SEEN, UNSEEN, Generator, speech_shaped
from datagen.demo_speech import Espeak, Spoken, Voice, utterance
from datagen.demo_voices import CROWD, TEST, TRAIN
from datagen.synthesis import SAMPLE_RATE, babble, levelled
from files.atomic import write_atomic
from files.lock import locked
from files.replaced import replaced

VERSION = 1  # raise it when the audio changes: corpora of other versions are then built anew
MANIFEST = "demo.json"
SPEECH = Path("speech", "demo")
NOISE = Path("noise", "demo")
PARTS = (  # folders, as an option names them
    f"{SPEECH.as_posix()}/train",
    f"{SPEECH.as_posix()}/test",
    f"{NOISE.as_posix()}/seen",
    f"{NOISE.as_posix()}/unseen",
)
UTTERANCES = 15  # per speaker
BABBLE_UTTERANCES = 5  # per speaker


def build_demo(
    folder: str | Path,
    jobs: int = 1,
    *,
    speakers: int = 16,
    utterances: int = UTTERANCES,
    seconds: float = 20.0,
) -> Path:
    """Build the demo corpus as `folder`, unless it exists already; returns `folder`.

    16 kHz mono 16-bit FLAC: speech/demo/{train,test}/<speaker>/, with the text beside each file,
    and noise/demo/{seen,unseen}/, about 18 minutes of speech and 9 of noise. The bytes are always
    the same, whatever `jobs` (threads for the noises). `speakers` for training, `utterances` per
    speaker and `seconds` per noise make it smaller. It is built beside `folder` and renamed, so it
    is never incomplete; a corpus of another version or size is replaced. Raises ValueError if the
    extra 'demo' is missing, a size is out of range or `folder` holds anything else, and OSError if
    it cannot be written.
    """
    folder = Path(folder).resolve()
    sizes = {"speakers": speakers, "utterances": utterances, "seconds": seconds}
    _check_sizes(sizes)
    if _stands(folder, sizes):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # One of several processes builds it, the others use it.
    with locked(folder.with_name(f".{folder.name}.lock")):
        if not _stands(folder, sizes):
            _check_replaceable(folder)
            _build_beside(folder, jobs, sizes)
    return folder


def _check_sizes(sizes: dict[str, float]) -> None:
    """Raise ValueError for the first size that is out of range."""
    limits = {"speakers": len(TRAIN), "utterances": 999, "seconds": 3600}
    for name, value in sizes.items():
        limit = limits[name]
        if not 1 <= value <= limit:
            raise ValueError(f"demo {name}={value} is out of range; choose 1 to {limit}")


def _manifest(folder: Path, sizes: dict[str, float]) -> dict[str, float]:
    """The description of the corpus in `folder`, by which a later run recognises it."""
    files = list(folder.rglob("*.flac"))
    texts = list(folder.rglob("*.txt"))
    # What versions before texts built has none, and is built anew: to the same sound.
    return {"version": VERSION, **sizes, "files": len(files), "texts": len(texts)}


def _stands(folder: Path, sizes: dict[str, float]) -> bool:
    """Whether `folder` holds this corpus."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return manifest == _manifest(folder, sizes)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False


def _check_replaceable(folder: Path) -> None:
    """Raise ValueError if `folder` holds anything but a demo corpus."""
    if not folder.exists():
        return
    if folder.is_dir() and not any(folder.iterdir()):
        return
    expected = (MANIFEST, SPEECH, NOISE, SPEECH.parent, NOISE.parent)
    ours = {folder / name for name in expected}
    there = {*folder.glob("*"), *folder.glob("*/*")}
    if not (folder / MANIFEST).is_file() or there - ours:
        raise ValueError(
            f"{folder} holds more than a demo corpus, which would be lost; name another folder"
        )


def _build_beside(folder: Path, jobs: int, sizes: dict[str, float]) -> None:
    """Build the corpus under another name, and replace `folder` by it."""
    with replaced(folder) as new:
        _fill(new, jobs, **sizes)
        manifest = json.dumps(_manifest(new, sizes), indent=1)
        write_atomic(new / MANIFEST, manifest + "\n")


def _fill(root: Path, jobs: int, speakers: int, utterances: int, seconds: float) -> None:
    """Make all audio of the corpus under `root`."""
    with Espeak() as espeak:
        train = _speak(espeak, TRAIN[:speakers], utterances)
        test = _speak(espeak, TEST[:speakers], utterances)
        few = min(utterances, BABBLE_UTTERANCES)
        crowd = _speak(espeak, CROWD, few)
    _write_speech(root / SPEECH / "train", train)
    _write_speech(root / SPEECH / "test", test)
    noises = _noises(root / NOISE, list(train.values()), list(crowd.values()))
    samples = round(seconds * SAMPLE_RATE)
    threads = Parallel(jobs, prefer="threads")
    threads(delayed(_make_noise)(path, make, samples) for path, make in noises.items())


def _noises(
    folder: Path, train: list[list[Spoken]], crowd: list[list[Spoken]]
) -> dict[Path, Generator]:
    """The function that makes the noise of each file.

    Seen noise contains voices of training, unseen noise the voices of the crowd.
    """
    talkers = [_sounds(spoken[:BABBLE_UTTERANCES]) for spoken in train[: len(CROWD)]]
    strangers = [_sounds(spoken) for spoken in crowd]
    seen = {**SEEN, "babble": partial(babble, speech=talkers)}
    unseen = {
        **UNSEEN,
        "crowd": partial(babble, speech=strangers),
        "shaped": partial(speech_shaped, speech=strangers),
    }
    noises = {}
    for name, make in seen.items():
        noises[folder / "seen" / f"{name}-1.flac"] = make
        noises[folder / "seen" / f"{name}-2.flac"] = make
    for name, make in unseen.items():
        noises[folder / "unseen" / f"{name}-1.flac"] = make
    return noises


def _sounds(spoken: list[Spoken]) -> list[np.ndarray]:
    return [utterance.speech for utterance in spoken]


def _speak(espeak: Espeak, voices: tuple[Voice, ...], count: int) -> dict[str, list[Spoken]]:
    """`count` utterances of each voice, by speaker."""
    spoken = {}
    for voice in voices:
        rng = _rng(voice.name)
        spoken[voice.speaker] = [utterance(espeak, voice, rng) for _ in range(count)]
    return spoken


def _write_speech(folder: Path, spoken: dict[str, list[Spoken]]) -> None:
    """Write the utterances of each speaker to a folder: a sound and a text file per sentence."""
    for speaker, utterances in spoken.items():
        for number, (text, speech) in enumerate(utterances, start=1):
            path = folder / speaker / f"{speaker}-{number:03d}.flac"
            _write(path, speech)
            # The folder is written atomically, so this file need not be.
            path.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")


def _make_noise(path: Path, make: Generator, samples: int) -> None:
    noise = make(_rng(path.stem), samples)
    _write(path, levelled(noise))


def _rng(name: str) -> np.random.Generator:
    """A generator that follows from a name, so that a file does not depend on the others."""
    return np.random.default_rng([VERSION, zlib.crc32(name.encode())])


def _write(path: Path, audio: np.ndarray) -> None:
    write_atomic(path, encode(audio, SAMPLE_RATE, "flac"))
