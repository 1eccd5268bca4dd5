"""Corpora from the network into data_root: fetched, verified, unpacked, and only then put in place."""

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from audio import reading
from datagen.archives import require_torchaudio, staging, unpack_librispeech, unpack_zip
from datagen.transfer import fetch_file
from files.lock import locked

CLIP_S = 5  # every clip of ESC-50
PLACED = "move it away and run again, or use what is there as it is"
SERVED = "check the url"
ESC50_KEPT = ("audio", "meta", "LICENSE", "README.md")


def fetch_corpus(
    corpus: str | None,
    data_root: str | Path | None,
    sources: Mapping[str, Callable[..., str]],
    keep_archive: bool = False,
) -> str:
    """Put `corpus` into `data_root` by its entry of `sources`, and say in one line what was done.

    A source is called with `data_root` (a Path, or None where none was given) and `keep_archive`. Raises ValueError
    for a corpus without a source or one that may not be fetched, and ValueError and OSError as the source does.
    """
    if corpus not in sources:
        raise ValueError(f"corpus={corpus or ''}: no such corpus; give one of {', '.join(sorted(sources))}")
    root = Path(data_root).expanduser() if data_root else None
    return sources[corpus](data_root=root, keep_archive=keep_archive)


def fetch_librispeech(
    data_root: Path | None, subset: str, url: str, sha256: str | None, utterances: int, keep_archive: bool = False
) -> str:
    """LibriSpeech's `subset` into speech/librispeech/SUBSET, its texts (SPEAKERS.TXT, ...) beside it.

    Panayotov et al., 2015. `utterances` are what the subset holds when whole. Raises as `fetch_file` and
    `unpack_librispeech` do, and ValueError where SUBSET stands already but not whole.
    """
    data_root = _given(data_root)
    folder = data_root / "speech" / "librispeech"
    whole = f"{utterances} utterances"
    if _filled(folder / subset):
        _require_whole(folder / subset, _utterances(folder / subset), utterances)
        return f"{folder / subset} is already there ({whole}): nothing was fetched"
    require_torchaudio()  # before gigabytes are fetched for it
    with (
        _archive(data_root, f"librispeech-{subset}.tar.gz", url, sha256, keep_archive) as archive,
        staging(folder, f"librispeech-{subset}") as stage,
    ):
        unpacked = unpack_librispeech(archive, stage, subset)
        _require_whole(archive.name, _utterances(unpacked / subset), utterances, SERVED)
        _publish(unpacked, folder, subset)
    return f"{folder / subset}: {whole}{_kept(data_root, keep_archive)}"


def fetch_esc50(data_root: Path | None, url: str, sha256: str | None, clips: int, keep_archive: bool = False) -> str:
    """ESC-50 (Piczak, 2015) into noise/esc50/{audio,meta}, from the repository's zip archive.

    Whole means: every member's CRC is right and each of the `clips` files that meta/esc50.csv names is a WAV of 5 s.
    Raises as `fetch_file` and `unpack_zip` do, and ValueError where noise/esc50 stands already but not whole.
    """
    data_root = _given(data_root)
    folder = data_root / "noise" / "esc50"
    if _filled(folder):
        _require_whole(folder, whole_clips(folder), clips)
        return f"{folder} is already there ({clips} clips): nothing was fetched"
    with (
        _archive(data_root, "esc50.zip", url, sha256, keep_archive) as archive,
        staging(folder, "esc50") as stage,
    ):
        unpacked = unpack_zip(archive, stage, ESC50_KEPT)
        _require_whole(archive.name, whole_clips(unpacked), clips, SERVED)
        unpacked.replace(folder.resolve())
    return f"{folder}: {clips} clips{_kept(data_root, keep_archive)}"


def say_where(data_root: Path | None, folder: str, name: str, ask: str, layout: str, keep_archive: bool = False) -> str:
    """For a corpus that may not be fetched: raise ValueError saying whom to `ask` and the `layout` to put in place.

    Returns that it is there where `data_root`/`folder` holds anything.
    """
    place = (data_root or Path("data_root")) / folder
    if data_root and _filled(place):
        return f"{place} is already there: nothing was fetched"
    raise ValueError(f"{name} may not be fetched freely: {ask}; then put it in place as {place}/{layout}")


def whole_clips(folder: Path) -> int:
    """How many of the files that meta/esc50.csv of `folder` names are WAV files of 5 s, not cut short; 0 without it."""
    table = folder / "meta" / "esc50.csv"
    if not table.exists():
        return 0
    with table.open(newline="", encoding="utf-8") as file:
        names = {str(row.get("filename")) for row in csv.DictReader(file)}
    return sum(_is_whole_clip(folder / "audio" / name) for name in names)


def _is_whole_clip(path: Path) -> bool:
    try:
        sample_rate, samples, _ = reading.header(path)  # samples that are there, not those that were promised
    except ValueError:
        return False
    return samples == CLIP_S * sample_rate


def _publish(unpacked: Path, folder: Path, subset: str) -> None:
    """Move LibriSpeech's texts and then, as proof that all is there, its `subset` from `unpacked` to `folder`."""
    folder.mkdir(exist_ok=True)
    for text in unpacked.glob("*.TXT"):
        if not (folder / text.name).exists():  # it came with another subset, or is the user's own
            text.replace(folder / text.name)
    (unpacked / subset).replace(folder / subset)


@contextmanager
def _archive(data_root: Path, name: str, url: str, sha256: str | None, keep: bool) -> Iterator[Path]:
    """The verified archive; removed once unpacked unless `keep`, and also when it proves to be a bad one."""
    folder = data_root / ".downloads" / name.partition(".")[0]
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        archive = folder / name
        fetch_file(url, archive, sha256)
        try:
            yield archive
        except ValueError as error:
            archive.unlink()
            raise ValueError(f"{error} [{url}]; the archive was removed, the next run fetches it afresh") from error
        if not keep:
            shutil.rmtree(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold `folder` against a second download of the same corpus; a killed process lets go by itself."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / ".lock", wait=False))
        except BlockingIOError as error:
            raise OSError(f"another download is at work in {folder}; wait for it or end it") from error
        yield


def _filled(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _require_whole(where: Path | str, found: int, expected: int, remedy: str = PLACED) -> None:
    if found != expected:
        raise ValueError(f"{where} holds {found} of {expected} recordings; {remedy}")


def _utterances(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*/*/*.flac"))


def _given(data_root: Path | None) -> Path:
    if data_root is None:
        raise ValueError("data_root is missing; give the folder that shall hold speech/ and noise/: data_root=DIR")
    return data_root


def _kept(data_root: Path, keep_archive: bool) -> str:
    return f" (archive kept in {data_root / '.downloads'})" if keep_archive else ""
