"""The results of an audit: one row per file, and the problems of files and corpora."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from datagen.copies import conflicts, repeated
from datagen.measures import Measures
from datagen.prepare import long_enough, noise_table, role_faults, speech_table
from datagen.protocol import Protocol
from datagen.recordings import Recording, table
from datagen.roles import ROLES, SEEN_NOISE, SPEECH, TRAIN_SPEECH
from text.line import in_one_line

FILE = [
    "role",
    "corpus",
    "id",
    "path",
    "source",
    "kind",
    "sex",
    "sample_rate",
    "channels",
    *Measures._fields,
    "content",
    "copy_of",
    "left_out",
]
TOO_SHORT = "shorter than plan.shortest_s"
COPY = "a copy"
NOT_READ = "not read: its format is not known"


class AuditedCorpus(NamedTuple):
    """A corpus of one role in the audit.

    recordings: all of them. table: of the usable ones. bad: reasons of the others, by path. error:
    the reason if none is usable, or "".
    """

    role: str
    name: str
    recordings: Sequence[Recording] = ()
    table: pd.DataFrame | None = None
    bad: Mapping[str, str] = {}
    error: str = ""


class Findings(NamedTuple):
    """files: a row per file with FILE.

    stops: the errors of generate.py and train.py, a line each.
    """

    files: pd.DataFrame
    stops: list[str]


def find(
    corpora: Sequence[AuditedCorpus],
    measured: Callable[[Sequence[str]], pd.DataFrame],
    protocol: Protocol,
    sample_rate: int,
    seed: int,
) -> Findings:
    """Measure all files, and list all problems of a training on `corpora`.

    measured: gives rows of measures, by path.
    """
    files = _measured_files(corpora, measured)
    good = files[files.left_out == ""]
    tables = {role: good[good.role == role] for role in ROLES}
    stops = _unreadable(corpora)
    stops += _bad(files)
    stops += _twice(tables)
    used = _long_enough(files, tables, protocol, sample_rate, stops)
    stops += _roles(corpora, files, protocol)
    stops += conflicts(used)
    used = _without_copies(files, used, protocol)
    if len(used[TRAIN_SPEECH]):
        stops += _refused(lambda: speech_table(used, protocol, seed))
    if len(used[SEEN_NOISE]):
        stops += _refused(lambda: noise_table(used, protocol, sample_rate))
    each_once = list(dict.fromkeys(stops))
    return Findings(files[FILE], each_once)


def _measured_files(
    corpora: Sequence[AuditedCorpus], measured: Callable[[Sequence[str]], pd.DataFrame]
) -> pd.DataFrame:
    """A row per file of all corpora, with the measures of readable files."""
    tables = [_rows(corpus) for corpus in corpora]
    if not tables:
        tables = [pd.DataFrame(columns=FILE)]
    files = pd.concat(tables, ignore_index=True)
    readable = files.path[files.left_out == ""]
    measures = measured(readable.tolist())
    for name in Measures._fields:
        values = files.path.map(measures[name])
        files[name] = values.astype(float)
    return files


def _rows(corpus: AuditedCorpus) -> pd.DataFrame:
    """The recordings of a corpus, usable ones first, and why the others are left out."""
    usable = table([]) if corpus.table is None else corpus.table
    known = set(usable.path)
    others = [recording for recording in corpus.recordings if recording.path not in known]
    rows = usable
    if others:
        rows = table(others)
        if len(usable):
            rows = pd.concat([usable, rows], ignore_index=True)
    reasons = []
    for path in rows.path:
        unnamed = "" if path in known else NOT_READ
        reasons.append(corpus.bad.get(path, unnamed))
    return rows.assign(role=corpus.role, corpus=corpus.name, left_out=reasons, copy_of="")


def _unreadable(corpora: Sequence[AuditedCorpus]) -> list[str]:
    return [f"{corpus.role}.{corpus.name}: {corpus.error}" for corpus in corpora if corpus.error]


def _roles(corpora: Sequence[AuditedCorpus], files: pd.DataFrame, protocol: Protocol) -> list[str]:
    """A line for each role that lacks files, or has files that it may not have.

    Roles whose corpus has an error already are left out.
    """
    served = set(files.role)
    for corpus in corpora:
        if corpus.error:
            served.add(corpus.role)
    return role_faults(served, protocol)


def _long_enough(
    files: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    protocol: Protocol,
    sample_rate: int,
    stops: list[str],
) -> dict[str, pd.DataFrame]:
    """`tables` without speech that is too short; `files` note it. Labels of rows stay.

    If all speech of a role is too short, it stays, and `stops` note it.
    """
    used = dict(tables)
    for role in SPEECH:
        rows = tables[role].assign(row=tables[role].index)
        try:
            long = long_enough(rows, role, protocol.shortest_s, sample_rate)
        except ValueError as error:
            stops.append(in_one_line(error))
            continue
        used[role] = long.set_index("row")
        short = tables[role].index.difference(used[role].index)
        files.loc[short, "left_out"] = TOO_SHORT
    return used


def _without_copies(
    files: pd.DataFrame, tables: Mapping[str, pd.DataFrame], protocol: Protocol
) -> dict[str, pd.DataFrame]:
    """`tables` without copies of other recordings; `files` note them."""
    used = dict(tables)
    for role, kept in repeated(tables, protocol.overlapping).items():
        files.loc[kept.index, "copy_of"] = kept
        files.loc[kept.index, "left_out"] = COPY
        used[role] = tables[role].drop(index=kept.index)
    return used


def _refused(step: Callable[[], Any]) -> list[str]:
    try:
        step()
    except ValueError as error:
        return [in_one_line(error)]
    return []


def _bad(files: pd.DataFrame) -> list[str]:
    """A line about the unusable files, naming the first."""
    bad = files[(files.left_out != "") & (files.left_out != NOT_READ)]
    if bad.empty:
        return []
    first = bad.iloc[0]
    why = first.left_out.rstrip(".")
    named = f"{first.path} ({why})"
    count = "1 file"
    if len(bad) > 1:
        named += ", ..."
        count = f"{len(bad)} files"
    remedy = "replace or remove what is listed as bad, or leave it out of the corpus"
    return [f"{count} cannot be used, {named}: {remedy}"]


def _twice(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """A line for each role that has a recording twice."""
    lines = []
    for role, rows in tables.items():
        repeats = rows[rows.id.duplicated()]
        if repeats.empty:
            continue
        first = repeats.iloc[0]
        where = f"{first.path}: recording {first.id} stands in {role} twice"
        lines.append(f"{where}; name each corpus only once")
    return lines
