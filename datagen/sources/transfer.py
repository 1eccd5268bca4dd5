"""Downloads one file over HTTP: it continues after an interruption, is verified and atomic."""

import errno
import hashlib
import json
from http.client import HTTPResponse
from io import FileIO
from pathlib import Path

from tqdm import tqdm

from datagen.sources.http_request import Origin, ask, broken, origin_of, read
from files.atomic import write_atomic
from files.room import require_room

LARGER = "make room, or choose another data_root, and run again"
BLOCK = 1 << 16  # bytes; a killed download loses at most this many


def fetch_file(url: str, path: Path, sha256: str | None = None) -> None:
    """Download `url` (http or https) to `path`; an existing file is only verified.

    Bytes are stored in `path`.part, and a later call requests only the rest (RFC 9110, Range and
    If-Range). It starts again if the server cannot continue or its file has changed. `sha256` in
    hexadecimal; None verifies only the length, if the server gives it.

    Raises ValueError for another protocol or a wrong checksum (the bad file is then removed),
    OSError for all errors of the connection and for a full disk.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(
            f"url={url} is neither http:// nor https://; give the address of a web server"
        )
    if path.exists():
        verify(path, sha256)
        return
    part = path.with_name(f"{path.name}.part")
    _complete(url, part)
    verify(part, sha256)
    part.replace(path)
    _note_path(part).unlink(missing_ok=True)


def verify(path: Path, sha256: str | None) -> None:
    """Raise ValueError and remove `path` unless its SHA-256 is `sha256`; None accepts any file."""
    if sha256 is None:
        return
    digest = hashlib.sha256()
    size = path.stat().st_size
    with path.open("rb") as file, _bar(size, f"verifying {path.name}") as bar:
        while block := file.read(BLOCK):
            digest.update(block)
            bar.update(len(block))
    if digest.hexdigest() != sha256.lower():
        path.unlink()
        raise ValueError(
            f"{path.name}: expected sha256 {sha256}, got {digest.hexdigest()}; "
            "it was removed, run again to fetch it afresh "
            "(if that repeats, the url serves another file)"
        )


def _complete(url: str, part: Path) -> None:
    """Download all bytes of `url` to `part`, which may hold the first of them."""
    held, origin = _held(part)
    if held and held == origin.total:
        return
    response, held = ask(url, held, origin)
    with response:
        if not held:
            part.unlink(missing_ok=True)  # before the note: no old bytes get a new validator
            origin = origin_of(response)
            write_atomic(_note_path(part), json.dumps(origin._asdict()))
        require_room((origin.total or 0) - held, part.parent, f"{part.stem} takes", LARGER)
        size = _receive(response, part, held, origin.total)
    if origin.total is not None and size != origin.total:
        raise OSError(broken(url, f"{size} of {origin.total} bytes came"))


def _receive(response: HTTPResponse, part: Path, held: int, total: int | None) -> int:
    """Append the received bytes to the `held` bytes of `part`; returns their number."""
    with part.open("ab", buffering=0) as file, _bar(total, part.stem, held) as bar:
        while block := read(response, BLOCK):
            _append(file, block)
            bar.update(len(block))
        return file.tell()


def _append(file: FileIO, block: bytes) -> None:
    """Write all of `block`; an unbuffered file may accept only a part per call."""
    rest = memoryview(block)
    try:
        while rest:
            written = file.write(rest)
            rest = rest[written:]
    except OSError as error:
        why = "disk full" if error.errno == errno.ENOSPC else error.strerror
        raise OSError(
            f"{file.name}: {why}; mend that and run again, the download continues"
        ) from error


def _held(part: Path) -> tuple[int, Origin]:
    """The number of bytes of `part` that a transfer can continue from, and their origin."""
    note = _note_path(part)
    if not part.exists() or not note.exists():
        return 0, Origin()
    known = json.loads(note.read_text(encoding="utf-8"))
    origin = Origin(known["validator"], known["total"])
    if not origin.validator:
        return 0, origin
    return part.stat().st_size, origin


def _note_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _bar(total: int | None, what: str, initial: int = 0) -> tqdm:
    return tqdm(
        total=total, initial=initial, desc=what, unit="B", unit_scale=True, unit_divisor=1024
    )
