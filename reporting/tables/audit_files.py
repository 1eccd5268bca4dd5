"""What an audit finds: one row per file, one row per corpus, and what is wrong with either."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from datagen.copies import conflicts, repeated
from datagen.measures import Measures
from datagen.prepare import long_enough, noise_table, speech_table
from datagen.protocol import Protocol
from datagen.recordings import Recording, table
from datagen.roles import NEEDED, ROLES, SEEN_NOISE, SPEECH, TRAIN_SPEECH
from reporting.tables.audit_kinds import CLIPPED, OFFSET

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
]
FILE += ["content", "copy_of", "left_out"]
TOO_SHORT, COPY, NOT_READ = (
    "shorter than plan.shortest_s",
    "a copy",
    "not read: its format is not known",
)


class Corpus(NamedTuple):
    """A corpus of one role as it was found.

    found: all of its recordings. table: of those that can be used. bad: why others cannot, by path. error: why there is
    nothing at all, or "".
    """

    role: str
    name: str
    found: Sequence[Recording] = ()
    table: pd.DataFrame | None = None
    bad: Mapping[str, str] = {}
    error: str = ""


class Findings(NamedTuple):
    """files: a row per file with FILE. stops: what generate.py and train.py would end in, a line each."""

    files: pd.DataFrame
    stops: list[str]


def find(
    corpora: Sequence[Corpus],
    measured: Callable[[Sequence[str]], pd.DataFrame],
    protocol: Protocol,
    sample_rate: int,
    seed: int,
) -> Findings:
    """Measure all files, and look for everything that training on `corpora` by `protocol` would stumble on.

    measured: gives rows of measures, by path.
    """
    files = pd.concat(
        [_rows(corpus) for corpus in corpora] or [pd.DataFrame(columns=FILE)], ignore_index=True
    )
    measures = measured(
        [path for path, why in zip(files.path, files.left_out, strict=True) if not why]
    )
    for name in Measures._fields:
        files[name] = files.path.map(measures[name]).astype(float)
    good = files[files.left_out == ""]
    tables = {role: good[good.role == role] for role in ROLES}
    broken = [corpus for corpus in corpora if corpus.error]
    stops = [f"{corpus.role}.{corpus.name}: {corpus.error}" for corpus in broken]
    stops += _bad(files) + _twice(tables)
    used = _long_enough(files, tables, protocol, sample_rate, stops)
    stops += [
        f"{role} is empty: name at least one corpus, see conf/experiment"
        for role in NEEDED
        if role not in {*files.role, *(corpus.role for corpus in broken)}
    ]
    stops += conflicts(used)
    for role, kept in repeated(used, protocol.overlapping).items():
        files.loc[kept.index, "copy_of"], files.loc[kept.index, "left_out"] = kept, COPY
        used[role] = used[role].drop(index=kept.index)
    stops += _refused(lambda: speech_table(used, protocol, seed)) if len(used[TRAIN_SPEECH]) else []
    stops += (
        _refused(lambda: noise_table(used, protocol, sample_rate)) if len(used[SEEN_NOISE]) else []
    )
    return Findings(files[FILE], list(dict.fromkeys(stops)))


def _rows(corpus: Corpus) -> pd.DataFrame:
    good = table([]) if corpus.table is None else corpus.table
    known = set(good.path)
    lacking = table([recording for recording in corpus.found if recording.path not in known])
    parts = [part for part in (good, lacking) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else good
    why = [corpus.bad.get(path, "" if path in known else NOT_READ) for path in rows.path]
    return rows.assign(role=corpus.role, corpus=corpus.name, left_out=why, copy_of="")


def _long_enough(
    files: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    protocol: Protocol,
    sample_rate: int,
    stops: list[str],
) -> dict[str, pd.DataFrame]:
    """`tables` without speech that is too short, which is told in `files`; labels of rows stay."""
    used = dict(tables)
    for role in SPEECH:
        rows = tables[role].assign(row=tables[role].index)
        stops += _refused(
            lambda role=role, rows=rows: used.update(
                {role: _long(rows, role, protocol, sample_rate)}
            )
        )
        short = tables[role].index.difference(used[role].index)
        files.loc[short, "left_out"] = TOO_SHORT
    return used


def _long(rows: pd.DataFrame, role: str, protocol: Protocol, sample_rate: int) -> pd.DataFrame:
    return long_enough(rows, role, protocol.shortest_s, sample_rate).set_index("row")


def _refused(step: Callable[[], Any]) -> list[str]:
    try:
        step()
    except ValueError as error:
        return [" ".join(str(error).split())]
    return []


def _bad(files: pd.DataFrame) -> list[str]:
    bad = files[(files.left_out != "") & (files.left_out != NOT_READ)]
    if bad.empty:
        return []
    first = (
        f"{bad.path.iloc[0]} ({bad.left_out.iloc[0].rstrip('.')}){', ...' if len(bad) > 1 else ''}"
    )
    count = "1 file cannot" if len(bad) == 1 else f"{len(bad)} files cannot"
    return [
        f"{count} be used, {first}: replace or remove what is listed as bad, or leave it out of the corpus"
    ]


def _twice(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    twice = [(role, rows[rows.id.duplicated()]) for role, rows in tables.items()]
    return [
        f"{rows.path.iloc[0]}: recording {rows.id.iloc[0]} stands in {role} twice; name each corpus only once"
        for role, rows in twice
        if len(rows)
    ]


def per_corpus(files: pd.DataFrame) -> pd.DataFrame:
    """One row per role and corpus, of the files in it that are used; see docs/data.md for the columns."""
    groups = files.groupby(["role", "corpus"], sort=False)
    return pd.DataFrame(
        [{"role": role, "corpus": name, **_summary(rows)} for (role, name), rows in groups]
    )


def _summary(rows: pd.DataFrame) -> dict[str, Any]:
    used = rows[rows.left_out == ""]
    seconds = used.seconds.sum()
    return {
        "files": len(used),
        "hours": seconds / 3600,
        "sources": used.source.nunique(),
        "sample_rates": " ".join(map(str, sorted(used.sample_rate.unique()))),
        "channels": " ".join(map(str, sorted(used.channels.unique()))),
        "level_db": used.level_db.median(),
        "level_low_db": used.level_db.min(),
        "level_high_db": used.level_db.max(),
        "clipped": int((used.clipped >= CLIPPED).sum()),
        "offset": int((used.dc.abs() >= OFFSET).sum()),
        "silence": (used.silence * used.seconds).sum() / seconds if seconds else float("nan"),
        "bandwidth_hz": used.bandwidth_hz.median(),
        "snr_db": used.snr_db.median() if rows.role.iloc[0] in SPEECH else float("nan"),
        "copies": int((rows.left_out == COPY).sum()),
        "left_out": int((rows.left_out != "").sum()),
    }
