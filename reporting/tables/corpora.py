"""The corpora that a network was trained on."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from datagen.corpora.corpus import Corpora, Corpus
from datagen.roles import SEEN_NOISE, TRAIN_SPEECH

NOT_STATED = "licence not stated"
COLUMNS = ["corpus", "what", "serves as", "sources", "hours", "licence"]
Tables = tuple[pd.DataFrame, pd.DataFrame]  # speech and noise, see datagen.trained_on


def trained_on(
    trainings: Sequence[Tables], corpora: Mapping[str, Corpora], sample_rate: int
) -> pd.DataFrame:
    """COLUMNS of all corpora of `trainings`; recordings of several trainings count once.

    corpora: of the last training, by role. sample_rate: in Hz, of the lengths in the tables.
    sources: speakers, or recordings of noise; hours: of the recordings used in training.
    """
    speech, noise = (
        pd.concat(tables, ignore_index=True) for tables in zip(*trainings, strict=True)
    )
    training = speech[speech.split == "train"]
    seen = noise[noise.seen & noise.split.isin(("train", ""))]  # "": all splits
    parts = [
        ("speech", training.assign(samples=training.length), corpora[TRAIN_SPEECH]),
        ("noise", seen.assign(samples=seen.stop - seen.start), corpora[SEEN_NOISE]),
    ]
    rows = []
    for kind, table, named in parts:
        rows += _rows(kind, table.drop_duplicates("id"), list(named.values()), sample_rate)
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(
    kind: str, table: pd.DataFrame, corpora: Sequence[Corpus], sample_rate: int
) -> Iterable[list]:
    by_name = {corpus.name: corpus for corpus in corpora if corpus.name}
    names = table.id.map(lambda name: _corpus_of(name, by_name))
    for name, rows in table.groupby(names, sort=False):
        corpus = by_name.get(name)
        title = corpus.title if corpus else ""
        licence = corpus.licence if corpus else ""
        hours = rows.samples.sum() / sample_rate / 3600
        yield [name, title, kind, rows.source.nunique(), float(hours), licence or NOT_STATED]


def _corpus_of(name: str, by_name: Mapping[str, Corpus]) -> str:
    """The name of the corpus of the recording `name`, or the first part of `name`."""
    begins = [corpus for corpus in by_name if name.startswith(f"{corpus}/")]
    return max(begins, key=len, default=name.partition("/")[0])
