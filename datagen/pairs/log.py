"""A list of mixtures beside their files: which noise, at which SNR."""

from pathlib import Path
from typing import NamedTuple


class Line(NamedTuple):
    """A mixture's noise, "" where unknown, and its SNR in dB, None where unknown."""

    noise: str
    snr_db: float | None


def read_log(path: Path) -> dict[str, Line]:
    """Lines "name noise snr_db" (as log_testset.txt of VoiceBank-DEMAND), by name.

    Raises FileNotFoundError where there is no such file, ValueError naming a line that is another.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{path}: no such file; put it there, or give pairs.log='' to measure the SNRs"
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no text; give pairs.log='' to measure the SNRs") from error
    lines = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            name, noise, snr_db = line.split()
            lines[name] = Line(noise, float(snr_db))
        except ValueError as error:
            raise ValueError(
                f"{path}: line {number}, {line.strip()[:60]!r}, is not 'name noise snr_db'; "
                "mend it, or give pairs.log=''"
            ) from error
    return lines
