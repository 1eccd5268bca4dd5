"""One row per corpus of an audit: how much of it is used, and measures of its audio."""

from typing import Any

import pandas as pd

from datagen.roles import SPEECH
from reporting.tables.audit_files import COPY
from reporting.tables.audit_kinds import CLIPPED, OFFSET


def per_corpus(files: pd.DataFrame) -> pd.DataFrame:
    """One row per role and corpus, of its used files.

    The columns are explained in docs/data.md.
    """
    summaries = []
    for (role, name), rows in files.groupby(["role", "corpus"], sort=False):
        summary = {"role": role, "corpus": name, **_summary(rows)}
        summaries.append(summary)
    return pd.DataFrame(summaries)


def _summary(rows: pd.DataFrame) -> dict[str, Any]:
    used = rows[rows.left_out == ""]
    seconds = used.seconds.sum()
    silent_s = (used.silence * used.seconds).sum()
    of_speech = rows.role.iloc[0] in SPEECH
    return {
        "files": len(used),
        "hours": seconds / 3600,
        "sources": used.source.nunique(),
        "sample_rates": _listed(used.sample_rate),
        "channels": _listed(used.channels),
        "level_db": used.level_db.median(),
        "level_low_db": used.level_db.min(),
        "level_high_db": used.level_db.max(),
        "clipped": int((used.clipped >= CLIPPED).sum()),
        "offset": int((used.dc.abs() >= OFFSET).sum()),
        "silence": silent_s / seconds if seconds else float("nan"),
        "bandwidth_hz": used.bandwidth_hz.median(),
        "snr_db": used.snr_db.median() if of_speech else float("nan"),
        "copies": int((rows.left_out == COPY).sum()),
        "left_out": int((rows.left_out != "").sum()),
    }


def _listed(values: pd.Series) -> str:
    """The different `values`, in order, as text."""
    each_once = sorted(values.unique())
    return " ".join(map(str, each_once))
