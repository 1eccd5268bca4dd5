"""One file over HTTP: continued where it was cut off, verified, and there whole or not at all."""

import errno
import hashlib
import json
import shutil
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tqdm import tqdm

from files.atomic import write_atomic

BLOCK = 1 << 16  # bytes; what a killed download loses at most
TIMEOUT_S = 60  # of silence, not of the whole transfer


def fetch_file(url: str, path: Path, sha256: str | None = None) -> None:
    """Bring `url` (http or https) to `path`; what stands at `path` is verified and not fetched again.

    Bytes gather in `path`.part, and a later call asks for the rest of them only (RFC 9110, Range and If-Range).
    It starts afresh where the server cannot continue or its file has changed. `sha256` in hexadecimal; None
    verifies the length alone, where the server gives one.

    Raises ValueError for another protocol or a wrong checksum (the bad file is then removed), OSError for
    everything between here and the server and for a full disk.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"url={url} is neither http:// nor https://; give the address of a web server")
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
    with path.open("rb") as file, _bar(path.stat().st_size, f"verifying {path.name}") as bar:
        while block := file.read(BLOCK):
            digest.update(block)
            bar.update(len(block))
    if digest.hexdigest() != sha256.lower():
        path.unlink()
        raise ValueError(
            f"{path.name}: expected sha256 {sha256}, got {digest.hexdigest()}; it was removed, run again to fetch it "
            "afresh (if that repeats, the url serves another file)"
        )


def require_space(folder: Path, size: int, what: str) -> None:
    """Raise OSError where `folder`'s disk has fewer than `size` bytes left for `what`."""
    free = shutil.disk_usage(folder).free
    if free < size:
        needed, left = (tqdm.format_sizeof(count, "B") for count in (size, free))
        raise OSError(
            f"disk full: {what} needs {needed} and {folder} has {left} left; "
            "free space or choose another data_root, and run again"
        )


def _complete(url: str, part: Path) -> None:
    held, note = _held(part)
    if held and held == note["total"]:
        return
    response, held = _ask(url, held, note)
    with response:
        if not held:
            part.unlink(missing_ok=True)  # before the note: old bytes must never meet a new validator
            note = {"validator": _validator(response), "total": _length(response)}
            write_atomic(_note_path(part), json.dumps(note))
        total = note["total"]
        require_space(part.parent, (total or 0) - held, part.name)
        size = _receive(response, part, held, total)
    if total is not None and size != total:
        raise OSError(_broken(url, f"{size} of {total} bytes came"))


def _receive(response: HTTPResponse, part: Path, held: int, total: int | None) -> int:
    """Append what comes to the `held` bytes of `part`; the bytes it has then."""
    with part.open("ab", buffering=0) as file, _bar(total, part.stem, held) as bar:
        while block := _read(response):
            _append(file, block)
            bar.update(len(block))
        return file.tell()


def _append(file: FileIO, block: bytes) -> None:
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        why = "disk full" if error.errno == errno.ENOSPC else error.strerror
        raise OSError(f"{file.name}: {why}; mend that and run again, the download continues") from error


def _read(response: HTTPResponse) -> bytes:
    try:
        return response.read(BLOCK)
    except (OSError, HTTPException) as error:
        raise OSError(_broken(response.url, str(error) or type(error).__name__)) from error


def _ask(url: str, held: int, note: Mapping) -> tuple[HTTPResponse, int]:
    """The answer to read from and how many held bytes it continues: 0 where it starts afresh."""
    if held:
        response = _request(url, {"Range": f"bytes={held}-", "If-Range": note["validator"]})
        if response.status == 206 and _continues(response, held, note):
            return response, held
        if response.status == 200:
            return response, 0
        response.close()  # another part than asked for, a changed file, or one that has become shorter (416)
    return _request(url, {}), 0


def _request(url: str, headers: Mapping[str, str]) -> HTTPResponse:
    try:
        return urlopen(Request(url, headers={"User-Agent": "Clarion", **headers}), timeout=TIMEOUT_S)
    except HTTPError as error:
        if error.code == 416 and headers:
            return error
        error.close()
        raise OSError(f"{url}: the server answered {error.code} {error.reason}; check the url, or try later") from None
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise OSError(f"{url}: no connection ({reason}); check the network or proxy and run again") from error


def _continues(response: HTTPResponse, held: int, note: Mapping) -> bool:
    """Whether a 206 holds the rest of the very file: some servers know Range and ignore If-Range."""
    span, total = response.headers.get("Content-Range", ""), note["total"]
    expected = f"bytes {held}-" if total is None else f"bytes {held}-{total - 1}/{total}"
    return span.startswith(expected) and _validator(response) in ("", note["validator"])


def _held(part: Path) -> tuple[int, dict]:
    """Bytes of `part` that may be built on, and what is known of their origin."""
    note = _note_path(part)
    if not part.exists() or not note.exists():
        return 0, {"validator": "", "total": None}
    known = json.loads(note.read_text(encoding="utf-8"))
    return (part.stat().st_size if known["validator"] else 0), known


def _note_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _validator(response: HTTPResponse) -> str:
    """What If-Range may compare: a strong ETag, else the date; "" where the server gives neither."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _length(response: HTTPResponse) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def _broken(url: str, why: str) -> str:
    return f"{url}: the connection broke ({why}); run the same command again, it continues where the server lets it"


def _bar(total: int | None, what: str, initial: int = 0) -> tqdm:
    return tqdm(total=total, initial=initial, desc=what, unit="B", unit_scale=True, unit_divisor=1024)
