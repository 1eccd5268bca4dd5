"""The embedded default corpus: speech-like audio and noises made here, so that the main job needs no data.

It is there to try the tools on, no benchmark: eSpeak NG's voices are far more alike than people's.
"""

import io
import json
import shutil
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
from joblib import Parallel, delayed

from datagen.demo_noise import SEEN, UNSEEN, Generator, speech_shaped
from datagen.demo_speech import SAMPLE_RATE, Espeak, Voice, utterance
from datagen.synthesis import babble, levelled
from files.atomic import write_atomic
from files.lock import locked

VERSION = 1  # raise it when the audio changes: corpora of other versions are then built anew
MANIFEST = "demo.json"
SPEECH, NOISE = Path("speech", "demo"), Path("noise", "demo")
PARTS = tuple(f"{SPEECH.as_posix()}/{part}" for part in ("train", "test"))
PARTS += tuple(f"{NOISE.as_posix()}/{part}" for part in ("seen", "unseen"))
BABBLE_UTTERANCES = 5  # per speaker

TRAIN = (
    Voice("en+f1", 165, 45, 50),
    Voice("en-us+m1", 175, 40, 60),
    Voice("en-us+f2", 185, 55, 65),
    Voice("en-gb-x-rp+m3", 160, 50, 45),
    Voice("de+f5", 170, 35, 55),
    Voice("en-gb-scotland+m7", 180, 45, 70),
    Voice("fr+m4", 170, 60, 50),
    Voice("en-gb-x-rp+f3", 175, 30, 60),
    Voice("en+m2", 195, 65, 55),
    Voice("es+grandma", 165, 45, 50),
    Voice("en-us+Michael", 155, 25, 40),
    Voice("en-us+Annie", 180, 40, 60),
    Voice("it+Denis", 175, 35, 65),
    Voice("en-029+grandpa", 150, 35, 50),
    Voice("de+edward", 175, 55, 45),
    Voice("en-us+Nguyen", 185, 60, 65),
)
TEST = (
    Voice("en-us+f4", 170, 60, 55),
    Voice("en+m5", 170, 30, 60),
    Voice("en-gb-x-rp+aunty", 160, 50, 50),
    Voice("en-us+m6", 185, 55, 50),
    Voice("de+belinda", 170, 30, 60),
    Voice("en-gb-scotland+Mike", 165, 60, 55),
)
CROWD = (  # heard in the unseen noises only
    Voice("en+linda", 175, 40, 55),
    Voice("en-us+john", 180, 50, 60),
    Voice("fr+Alicia", 170, 30, 50),
    Voice("es+marcelo", 175, 45, 60),
    Voice("en-gb-x-rp+victor", 165, 55, 50),
    Voice("de+shelby", 180, 50, 60),
    Voice("it+pablo", 170, 40, 55),
    Voice("en-us+paul", 160, 60, 65),
)


def build_demo(
    folder: str | Path, jobs: int = 1, *, speakers: int = 16, utterances: int = 15, seconds: float = 20.0
) -> Path:
    """Build the demo corpus as `folder`, unless it stands there already; returns `folder`.

    16 kHz mono 16-bit FLAC: speech/demo/{train,test}/<speaker>/ and noise/demo/{seen,unseen}/, about 18
    minutes of speech and 9 of noise. The same bytes every time, whatever `jobs` (threads for the noises).
    `speakers` for training, `utterances` per speaker and `seconds` per noise make it smaller. It is built
    beside `folder` and renamed, never half there; a corpus of another version or size is replaced. Raises
    ValueError where the extra 'demo' is missing, a size is out of range or `folder` holds anything else, and
    OSError where it cannot be written.
    """
    folder = Path(folder).resolve()
    sizes = {"speakers": speakers, "utterances": utterances, "seconds": seconds}
    _check_sizes(sizes)
    if _stands(folder, sizes):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(f".{folder.name}.lock")):  # of several processes one builds, the others find its work
        if not _stands(folder, sizes):
            _check_replaceable(folder)
            _build_beside(folder, jobs, sizes)
    return folder


def _check_sizes(sizes: dict[str, float]) -> None:
    for (name, value), most in zip(sizes.items(), (len(TRAIN), 999, 3600), strict=True):
        if not 1 <= value <= most:
            raise ValueError(f"demo {name}={value} is out of range; choose 1 to {most}")


def _manifest(folder: Path, sizes: dict[str, float]) -> dict[str, float]:
    return {"version": VERSION, **sizes, "files": len(list(folder.rglob("*.flac")))}


def _stands(folder: Path, sizes: dict[str, float]) -> bool:
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8")) == _manifest(folder, sizes)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False


def _check_replaceable(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    ours = {folder / part for part in (MANIFEST, SPEECH, NOISE, SPEECH.parent, NOISE.parent)}
    if not (folder / MANIFEST).is_file() or not ours.issuperset([*folder.glob("*"), *folder.glob("*/*")]):
        raise ValueError(f"{folder} holds more than a demo corpus, which would be lost; name another folder")


def _build_beside(folder: Path, jobs: int, sizes: dict[str, float]) -> None:
    new, old = (folder.with_name(f".{folder.name}.{state}") for state in ("unfinished", "replaced"))
    _remove(new, old)  # leftovers of killed builds; the lock says that nobody is at them
    try:
        _fill(new, jobs, **sizes)
        write_atomic(new / MANIFEST, json.dumps(_manifest(new, sizes), indent=1) + "\n")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        _remove(new, old)


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(root: Path, jobs: int, speakers: int, utterances: int, seconds: float) -> None:
    with Espeak() as espeak:
        train = [_speak(espeak, voice, utterances, root / SPEECH / "train") for voice in TRAIN[:speakers]]
        for voice in TEST[:speakers]:
            _speak(espeak, voice, utterances, root / SPEECH / "test")
        crowd = [_speak(espeak, voice, min(utterances, BABBLE_UTTERANCES)) for voice in CROWD]
    few = [spoken[:BABBLE_UTTERANCES] for spoken in train[: len(CROWD)]]
    seen = {**SEEN, "babble": partial(babble, speech=few)}
    unseen = {**UNSEEN, "crowd": partial(babble, speech=crowd), "shaped": partial(speech_shaped, speech=crowd)}
    files = [(root / NOISE / "seen" / f"{name}-{n}.flac", make) for name, make in seen.items() for n in (1, 2)]
    files += [(root / NOISE / "unseen" / f"{name}-1.flac", make) for name, make in unseen.items()]
    samples = round(seconds * SAMPLE_RATE)
    Parallel(jobs, prefer="threads")(delayed(_make_noise)(path, make, samples) for path, make in files)


def _speak(espeak: Espeak, voice: Voice, count: int, folder: Path | None = None) -> list[np.ndarray]:
    """`count` utterances of `voice`, [time] each, written below `folder` where one is given."""
    rng = _rng(voice.name)
    spoken = [utterance(espeak, voice, rng) for _ in range(count)]
    for number, speech in enumerate(spoken if folder else (), start=1):
        _write(folder / voice.speaker / f"{voice.speaker}-{number:03d}.flac", speech)
    return spoken


def _make_noise(path: Path, make: Generator, samples: int) -> None:
    _write(path, levelled(make(_rng(path.stem), samples)))


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng([VERSION, zlib.crc32(name.encode())])


def _write(path: Path, audio: np.ndarray) -> None:
    content = io.BytesIO()
    soundfile.write(content, audio, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    write_atomic(path, content.getvalue())
