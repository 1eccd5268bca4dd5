"""The recordings of a corpus: one `Recording` per audio file, and the tables made of them."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

import pandas as pd

from audio.pcm import Correction
from files.schema import types_of

NAMED = 20  # number of bad files that an error names; further ones are counted


@dataclass(frozen=True)
class Recording:
    """One audio file of a corpus.

    id: a unique name over all corpora. path: of the file. source: who or what was recorded (a
    speaker, the recording that an ESC-50 clip was cut from); one source is never in two splits.
    kind: of noise, "" if unknown. sex: of the speaker, "F", "M", or "" if unknown. only: the only
    split that may use the recording, or "". sample_rate in Hz, samples and channels come from the
    file. content: 16 hex digits of a hash of the decoded audio, "" if it was not decoded; equal
    audio, equal content. Reading makes two corrections: it subtracts offset, the mean in 16-bit
    steps, and then multiplies by gain. counted: whether the number of samples was counted, because
    the header gives none, or an unreliable one. text: the transcript as the corpus writes it; "" if
    unknown.
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

    length: in samples at the plan's rate. split: the split that uses it.
    """

    length: int
    split: str


@dataclass(frozen=True, kw_only=True)
class Stretch(Recording):
    """Noise of a plan, the whole recording or a part of it in time: a row of noise.csv.

    vector: the name of the long noise that it is joined to, see datagen.split. seen: whether
    training may use it. split: the split that uses it, "" for all. start, stop: in samples of its
    recording at the plan's rate.
    """

    vector: str
    seen: bool
    split: str
    start: int
    stop: int


TYPES = types_of(Recording)
COLUMNS = list(TYPES)
# It is called with a training's tables of speech and of noise, and the number of recordings that
# are left out.
RecordingsCallback = Callable[[pd.DataFrame, pd.DataFrame, int], None]


def table(recordings: list[Recording]) -> pd.DataFrame:
    """Recordings as a table with one column per field, in the order given."""
    rows = [asdict(recording) for recording in recordings]
    return pd.DataFrame(rows, columns=COLUMNS)


def are_own_sources(recordings: pd.DataFrame) -> pd.Series:
    """Whether each recording is a source by itself, as nobody named its speaker: [recording].

    Its source is then its id, or its id without the suffix of the file.
    """
    files = recordings.id.map(lambda name: str(PurePosixPath(name).with_suffix("")))
    return (recordings.source == recordings.id) | (recordings.source == files)


def corrections(*tables: pd.DataFrame) -> dict[str, Correction]:
    """The corrections of reading, by path, for the recordings of `tables` that need any."""
    corrected = {}
    for table in tables:
        rows = table[(table.offset != 0) | (table.gain != 1)]
        for row in rows.itertuples():
            corrected[row.path] = Correction(int(row.offset), float(row.gain))
    return corrected


class BadFile(NamedTuple):
    """A file of audio that cannot be used, and the reason."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path} ({self.why})"


REMOVE = "replace or remove these files"


class BadAudioError(ValueError):
    """Files that cannot be used; up to 20 are named in one line, the others are counted.

    remedy: what the user can do.
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
