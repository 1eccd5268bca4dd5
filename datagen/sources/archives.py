"""Unpacks archives into folders: never outside of the folder, and atomically."""

import errno
import shutil
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from stat import S_ISLNK

from tqdm import tqdm

from datagen.sources.transfer import LARGER
from files.room import require_room

UNPACKING = ".unpacking-"  # hidden, so that no corpus reads the folder


@contextmanager
def staging(folder: Path, name: str) -> Iterator[Path]:
    """An empty folder beside `folder`, on the same disk so that a rename publishes.

    It is removed afterwards. The rest of a killed process in it is removed first.
    """
    stage = folder.resolve().parent / f"{UNPACKING}{name}"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        yield stage
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise OSError(
            f"disk full while unpacking in {stage.parent}; free space and run again"
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def require_torchaudio() -> type:
    """torchaudio's LIBRISPEECH class.

    Raises OSError with the remedy where torchaudio cannot be imported.
    """
    try:
        from torchaudio.datasets import LIBRISPEECH
    except (
        ImportError,
        OSError,
    ) as error:  # OSError: its library does not load beside a CPU-only torch
        reason = str(error).partition("\n")[0]
        raise OSError(
            f"LibriSpeech is unpacked by torchaudio, which cannot be imported here ({reason}): "
            "it needs PyPI's own torch, so run "
            "`pip install --force-reinstall 'torch>=2.11,<2.15' 'torchaudio>=2.11,<2.12'` "
            "without a CPU-only index"
        ) from error
    return LIBRISPEECH


def unpack_librispeech(archive: Path, stage: Path, subset: str) -> Path:
    """Unpack a .tar.gz of LibriSpeech with torchaudio into `stage`.

    Returns the folder that holds `subset` and the texts. torchaudio downloads nothing if its root
    holds the archive under its name. Raises ValueError for an archive that is damaged, leaves its
    folder or lacks the subset.
    """
    librispeech = require_torchaudio()
    size = _check_tar(archive)
    require_room(size, stage, "unpacking takes", LARGER)
    (stage / f"{subset}.tar.gz").symlink_to(archive.resolve())
    with warnings.catch_warnings():
        # tarfile's warning about filters (3.12); _check_tar has checked the members
        warnings.simplefilter("ignore", DeprecationWarning)
        recordings = librispeech(stage, url=subset, download=True)
    if not len(recordings):
        raise ValueError(f"{archive.name} holds no LibriSpeech/{subset}; check the url")
    return stage / "LibriSpeech"


def unpack_zip(archive: Path, stage: Path, keep: Sequence[str]) -> Path:
    """Unpack those members of `archive` whose path below its top folder starts with one of `keep`.

    Every member's CRC is checked on the way. Raises ValueError for an archive that is damaged or
    leaves its folder.
    """
    folder = stage / "unpacked"
    try:
        with zipfile.ZipFile(archive) as members:
            kept = _kept(members, keep)
            size = sum(member.file_size for member, _ in kept)
            require_room(size, stage, "unpacking takes", LARGER)
            for member, below in tqdm(kept, desc=f"unpacking {archive.name}", unit=" files"):
                _extract(members, member, folder / below)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{archive.name} is damaged ({error})") from error
    return folder


def _extract(members: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with members.open(member) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _kept(
    members: zipfile.ZipFile, keep: Sequence[str]
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The members to unpack (see `unpack_zip`), each with its path below the top folder."""
    kept = []
    for member in members.infolist():
        mode = member.external_attr >> 16
        name = _inside(member.orig_filename, plain=not S_ISLNK(mode))
        if member.is_dir():
            continue
        below = name.parts[1:]
        if below and below[0] in keep:
            kept.append((member, PurePosixPath(*below)))
    return kept


def _check_tar(archive: Path) -> int:
    """The size of the unpacked tar, after checking it.

    All names and, because it is gzip, its CRC are checked.
    """
    size = 0
    try:
        with tarfile.open(archive) as members:
            for member in tqdm(members, desc=f"checking {archive.name}", unit=" files"):
                _inside(member.name, plain=member.isfile() or member.isdir())
                size += member.size
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise ValueError(f"{archive.name} is damaged ({error})") from error
    return size


def _inside(name: str, plain: bool) -> PurePosixPath:
    """The path of a member; raises ValueError if it is not `plain` or leads out of the folder."""
    path = PurePosixPath(name)
    leaves = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    if leaves or not plain:
        raise ValueError(
            f"the archive's member {name!r} is a link or leaves the folder: "
            "nothing was unpacked; check the url"
        )
    return path
