"""What a corpus offers: one `Recording` per audio file, and the tables made of them."""

from dataclasses import asdict, dataclass
from typing import get_type_hints

import pandas as pd

from audio.pcm import Correction


@dataclass(frozen=True)
class Recording:
    """One audio file of a corpus.

    id: unique over all corpora, begins with the corpus' name. path: as found. source: whoever or whatever was
    recorded (a speaker, the recording an ESC-50 clip was cut from); one source never stands in two splits. category:
    the kind of noise, or the speaker's sex ("F", "M", "" where unknown). only: the one split the recording may serve
    in, or "". sample_rate in Hz, samples and channels come from the file. content: 16 hex digits over the decoded
    audio, "" where it was not decoded; equal audio, equal content. What reading corrects: offset, the mean in 16-bit
    steps, is taken away, and what is left is multiplied with gain. counted: the header does not say how many samples
    there are, or cannot be trusted in it.
    """

    id: str
    path: str
    source: str
    category: str
    only: str = ""
    sample_rate: int = 0
    samples: int = 0
    channels: int = 1
    content: str = ""
    offset: int = 0
    gain: float = 1.0
    counted: bool = False


TYPES = get_type_hints(Recording)
COLUMNS = list(TYPES)
ADDED = ("content", "offset", "gain", "counted")  # older tables lack these
DEFAULTS = {name: getattr(Recording, name) for name in ADDED}


def table(recordings: list[Recording]) -> pd.DataFrame:
    """Recordings as a table with one column per field, in the order given."""
    return pd.DataFrame([asdict(recording) for recording in recordings], columns=COLUMNS)


def corrections(*tables: pd.DataFrame) -> dict[str, Correction]:
    """What reading corrects, by path, of the recordings of `tables` that have something to correct."""
    found = {}
    for table in tables:
        rows = table[(table.offset != 0) | (table.gain != 1)]
        found |= {row.path: Correction(int(row.offset), float(row.gain)) for row in rows.itertuples()}
    return found


class BadAudioError(ValueError):
    """Files that cannot be used; all of them in one line, up to 20, then a count."""

    def __init__(self, problems: list[str]):
        more = f"; and {len(problems) - 20} more" if len(problems) > 20 else ""
        remedy = "replace or remove these files, or leave them out of the corpus"
        super().__init__(f"{len(problems)} bad audio file(s): {'; '.join(problems[:20])}{more}: {remedy}")
        self.problems = problems
