"""What a corpus offers: one `Recording` per audio file, and the tables made of them."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Recording:
    """One audio file of a corpus.

    id: unique over all corpora, begins with the corpus' name. path: as found. source: whoever or whatever was
    recorded (a speaker, the recording an ESC-50 clip was cut from); one source never stands in two splits. category:
    the kind of noise, or the speaker's sex ("F", "M", "" where unknown). only: the one split the recording may serve
    in, or "". sample_rate in Hz, samples and channels are filled in from the file's header.
    """

    id: str
    path: str
    source: str
    category: str
    only: str = ""
    sample_rate: int = 0
    samples: int = 0
    channels: int = 1


COLUMNS = [field.name for field in fields(Recording)]


def table(recordings: list[Recording]) -> pd.DataFrame:
    """Recordings as a table with one column per field, in the order given."""
    return pd.DataFrame([asdict(recording) for recording in recordings], columns=COLUMNS)


def read_table(path: Path) -> pd.DataFrame:
    """A table written as CSV; empty cells are empty strings, never NaN."""
    return pd.read_csv(path, keep_default_na=False, dtype={"id": str, "source": str, "category": str, "only": str})


def listed(problems: list[str], what: str, remedy: str, shown: int = 20) -> ValueError:
    """One error for many problems: all of them up to `shown`, then a count."""
    more = f"; and {len(problems) - shown} more" if len(problems) > shown else ""
    return ValueError(f"{len(problems)} {what}: {'; '.join(problems[:shown])}{more}. {remedy}")
