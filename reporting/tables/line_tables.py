"""Tables of line enhancement: means of gain.csv, and the values of the paper."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from tabulate import tabulate

from reporting.data_uri import data_uri
from reporting.tables.published import LINES_FIELD_DB, LINES_GAIN_DB, LINES_SECONDS, LINES_SNR_DB

ENHANCER = "enhancer"
SETTING = "%g"  # format of numbers that are chosen; of those that are measured:
FORMS = dict.fromkeys(("gain_db", "spread_db", "gain_inband_db", "seconds"), "%.2f")
COMPARED = ("snr", "off_grid", "random_tones", "field", "field_off_grid")  # one setting per system


def of_page(gains: pd.DataFrame, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """The values of the templates line_tables.*. pictures: PNG of lofargrams, by study."""
    table = means(gains)
    return {
        "line_table": table,
        "line_setting": SETTING,
        "line_forms": FORMS,
        "line_published": published(),
        "line_rivals": rivals(gains),
        "line_pictures": {study: data_uri("image/png", png) for study, png in pictures.items()},
    }


def means(gains: pd.DataFrame) -> pd.DataFrame:
    """Mean and spread (standard deviation over draws) of every study, system, SNR and setting.

    Values in dB are rounded as `FORMS` shows them: a table would show a gain of zero as -0.00.
    """
    keys = ["study", "system", "snr_in_db", "frame_s", "delay_s", "cell"]
    groups = gains.groupby(keys, sort=False, dropna=False)
    table = groups.agg(
        draws=("gain_db", "size"),
        gain_db=("gain_db", "mean"),
        spread_db=("gain_db", "std"),
        gain_inband_db=("gain_inband_db", "mean"),
        seconds=("seconds", "median"),
    ).reset_index()
    in_db = ["gain_db", "spread_db", "gain_inband_db"]
    table[in_db] = table[in_db].round(2) + 0.0  # -0.0 becomes 0.0
    return table


def rivals(gains: pd.DataFrame) -> list[str]:
    """The enhancer compared with the best other system, a sentence for each study and SNR."""
    told = []
    rows = gains[gains.study.isin(COMPARED) & gains.gain_db.notna()]
    for (study, snr_db), group in rows.groupby(["study", "snr_in_db"], sort=False):
        mean = group.groupby("system").gain_db.mean()
        others = mean.drop(ENHANCER, errors="ignore")
        if ENHANCER not in mean or others.empty:
            continue
        ahead = mean[ENHANCER] - others.max()
        verdict = f"{ahead:.1f} dB ahead" if ahead > 0 else f"{-ahead:.1f} dB behind"
        told.append(
            f"{study} at {snr_db:g} dB: {ENHANCER} {mean[ENHANCER]:+.1f} dB, {verdict} of "
            f"{others.idxmax()} ({others.max():+.1f} dB)"
        )
    return told


def text(table: pd.DataFrame) -> str:
    """The table of `means` as text."""
    shown = table.astype(object).where(table.notna(), None)
    forms = [FORMS.get(column, SETTING).lstrip("%") for column in table]
    return tabulate(shown, shown.columns, "simple", floatfmt=forms, showindex=False, missingval="-")


def published() -> list[str]:
    """The paper's values of the same experiments, a sentence each."""
    fields = []
    for system, gains_of in LINES_FIELD_DB.items():
        for field, gains in gains_of.items():
            listed = ", ".join(f"{gain:+.2f}" for gain in gains)
            fields.append(f"{system} in {field} {listed}")
    gains_in_fields = "; ".join(fields)
    seconds = ", ".join(f"{system} {taken}" for system, taken in LINES_SECONDS.items())
    return [
        f"Bi-LSTM at {LINES_SNR_DB:g} dB: gain {LINES_GAIN_DB} dB, and about that from -36 to "
        "-15 dB; LMS collapses under -24.08 dB, its critical SNR.",
        "Recordings with machinery, by source level (30, 35, 40, 45 dB), gain in dB: "
        f"{gains_in_fields}.",
        f"Seconds for 30 s: {seconds}.",
    ]
