"""A list of mixtures beside their files, with noise and SNR."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from audio.containers.content import SUFFIXES

MEASURE = "give pairs.log='' to measure the SNRs"


class Line(NamedTuple):
    """A mixture's noise, "" where unknown, and its SNR in dB, None where unknown."""

    noise: str
    snr_db: float | None


def read_log(path: Path) -> dict[str, Line]:
    """Lines "name noise snr_db" (as log_testset.txt of VoiceBank-DEMAND), by name without suffix.

    Raises FileNotFoundError if the file is missing, and ValueError if it is not text, or for a line
    of another form or one that contradicts an earlier line.
    """
    lines: dict[str, Line] = {}
    for number, text in enumerate(_text(path).splitlines(), start=1):
        if not text.strip():
            continue
        where = f"{path}: line {number}, {text.strip()[:60]!r},"
        try:
            name, line = _parsed(text)
        except ValueError as error:
            raise ValueError(
                f"{where} is not 'name noise snr_db'; mend it, or {MEASURE}"
            ) from error
        if lines.setdefault(name, line) != line:
            raise ValueError(
                f"{where} contradicts an earlier line of {name}; remove one, or {MEASURE}"
            )
    return lines


def _parsed(line: str) -> tuple[str, Line]:
    """Name and facts of a mixture; raises ValueError for a line of another form."""
    name, noise, snr = line.split()
    snr_db = float(snr)
    if not isfinite(snr_db):
        raise ValueError(snr)
    file = Path(name)
    if file.suffix.lower() in SUFFIXES:
        name = file.with_suffix("").as_posix()
    return name, Line(noise, snr_db)


def _text(path: Path) -> str:
    """The content of a file; a byte order mark gives its encoding, and is removed."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; put it there, or {MEASURE}")
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no text in UTF-8; save it as such, or {MEASURE}") from error
