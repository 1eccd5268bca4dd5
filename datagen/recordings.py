"""The recordings of a corpus: one `Recording` per audio file, and the tables made of them."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from typing import NamedTuple

import pandas as pd

from audio.pcm import Correction
from files.schema import types_of

NAMED = 20  # bad files that an error names before it counts


@dataclass(frozen=True)
class Recording:
    """One audio file of a corpus.

    id: a unique name over all corpora. path: of the file. source: who or what was recorded
    (a speaker, the recording an ESC-50 clip was cut from); one source never stands in two splits.
    kind: of noise, "" where unknown. sex: of the speaker, "F", "M", or "" where unknown. only: the
    one split the recording may serve in, or "". sample_rate in Hz, samples and channels come from
    the file. content: 16 hex digits over the decoded audio, "" where it was not decoded; equal
    audio, equal content. Reading makes two corrections: it subtracts offset, the mean in 16-bit
    steps, and then multiplies with gain. counted: the header gives no number of samples, or one
    that cannot be trusted. text: the transcript as the corpus writes it; "" where it is not known.
    """

    id: str
    path: str
    source: str
    _: KW_ONLY
    kind: str = ""
    sex: str = ""
    only: str = ""
    sample_rate: int = 0
    samples: int = 0
    channels: int = 1
    content: str = ""
    offset: int = 0
    gain: float = 1.0
    counted: bool = False
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Utterance(Recording):
    """Speech of a plan: a row of speech.csv.

    length: in samples at the plan's rate. split: where it serves.
    """

    length: int
    split: str


@dataclass(frozen=True, kw_only=True)
class Stretch(Recording):
    """Noise of a plan, the whole recording or a part of it in time: a row of noise.csv.

    vector: the name of the long noise that it is joined to, see datagen.split. seen: whether
    training may use it. split: where it serves, "" for all. start, stop: in samples of its
    recording at the plan's rate.
    """

    vector: str
    seen: bool
    split: str
    start: int
    stop: int


TYPES = types_of(Recording)
COLUMNS = list(TYPES)
# Is called with the tables of speech and of noise that a training hears, and how many recordings
# are left out.
Hearing = Callable[[pd.DataFrame, pd.DataFrame, int], None]


def table(recordings: list[Recording]) -> pd.DataFrame:
    """Recordings as a table with one column per field, in the order given."""
    rows = [asdict(recording) for recording in recordings]
    return pd.DataFrame(rows, columns=COLUMNS)


def corrections(*tables: pd.DataFrame) -> dict[str, Correction]:
    """The corrections of reading, by path, of the recordings of `tables` that need one."""
    corrected = {}
    for table in tables:
        rows = table[(table.offset != 0) | (table.gain != 1)]
        for row in rows.itertuples():
            corrected[row.path] = Correction(int(row.offset), float(row.gain))
    return corrected


class BadFile(NamedTuple):
    """A file of audio that cannot be used, and why."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path} ({self.why})"


REMOVE = "replace or remove these files"


class BadAudioError(ValueError):
    """Files that cannot be used; all of them in one line, up to 20, then a count.

    remedy: how the user goes on.
    """

    def __init__(
        self,
        files: Sequence[BadFile],
        remedy: str = f"{REMOVE}, or leave them out of the corpus",
    ):
        named = "; ".join(str(file) for file in files[:NAMED])
        if len(files) > NAMED:
            named += f"; and {len(files) - NAMED} more"
        super().__init__(f"{len(files)} bad audio file(s): {named}: {remedy}")
        self.files = files
