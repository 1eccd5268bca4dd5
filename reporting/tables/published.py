"""Published values of papers, in the form of summary.csv."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from reporting.scores_table import MIXTURE
from reporting.tables.summary import MEAN, headline

TABLES = Path(__file__).parent / "published"
# Of the PL-CRNN paper: our score of each metric, and the function that converts its values.
SCORES = {"pesq": "pesq_nb_raw", "stoi_percent": "stoi", "sdr_db": "sdr"}
FACTORS = {"pesq": 1.0, "stoi_percent": 0.01, "sdr_db": 1.0}

# The Bi-LSTM line enhancement paper: section IV.A, and Table II (gain in dB by source level, by
# field) with its times.
LINES_GAIN_DB = 12.58  # at LINES_SNR_DB
LINES_SNR_DB = -24.0
LINES_FRAME_S = 2.0
LINES_DELAY_S = 2.0
LINES_FIELD_DB = {
    "LMS": {
        "field 1": (-13.96, -14.04, -12.28, -6.01),
        "field 2": (-14.16, -14.55, -14.99, -6.91),
    },
    "Bi-LSTM": {
        "field 1": (7.61, 7.47, 6.59, 6.54),
        "field 2": (9.26, 8.76, 8.58, 8.39),
    },
}
LINES_SECONDS = {"LMS": 0.36, "Bi-LSTM": 0.02}


def pl_crnn_paper() -> pd.DataFrame:
    """Tables 3 and 4 of the PL-CRNN paper (Li et al., 2020; TIMIT, 115 noises, 800 mixtures).

    Columns: noise, system, snr_db, score, mean, gain, as `summarise` has them. A system is a model
    and its target, "PL-CRNN IAM".
    """
    printed = pd.read_csv(TABLES / "pl_crnn.csv", dtype={"snr_db": str})
    model_and_target = printed.model + " " + printed.target.str.upper()
    table = pd.DataFrame(
        {
            "noise": printed.noise,
            "system": model_and_target.where(printed.model != "noisy", MIXTURE),
            "snr_db": printed.snr_db.replace("avg", MEAN),
            "score": printed.metric.map(SCORES),
            "mean": printed.value * printed.metric.map(FACTORS),
        }
    )
    cell = ["noise", "snr_db", "score"]
    mixtures = table[table.system == MIXTURE].set_index(cell)
    cells = pd.MultiIndex.from_frame(table[cell])
    of_mixture = mixtures["mean"].reindex(cells)
    table["gain"] = table["mean"] - of_mixture.to_numpy()
    return table


def pl_crnn_costs() -> pd.DataFrame:
    """Table 6 of the PL-CRNN paper.

    Columns: network (of conf/network), stages, and in millions parameters, macs_per_frame.
    """
    return pd.read_csv(TABLES / "pl_crnn_costs.csv")


class Published(NamedTuple):
    """The published values of a paper at one sample rate. source: a note about the values.

    values: as in summary.csv. costs: of its networks, see `pl_crnn_costs`.
    """

    source: str
    sample_rate: int
    values: pd.DataFrame
    costs: pd.DataFrame

    def beside(self, under: pd.DataFrame, what: str) -> pd.DataFrame:
        """Headline table of "mean" or "gain" under the condition of a summary.

        Empty at another rate than the paper's. Its mean over all SNRs is left out if the SNRs
        differ.
        """
        if (under.sample_rate != self.sample_rate).any():
            return pd.DataFrame()
        noise = under.noise.iloc[0]
        values = self.values[self.values.noise == noise]
        table = headline(values, what)
        if set(values.snr_db) != set(under.snr_db):
            return table.drop(columns=MEAN, level=1)
        return table

    def costs_beside(self, costs: pd.DataFrame) -> pd.DataFrame:
        """Rows of `costs` (see command.costs), and below them the published ones.

        Values that are not published are empty.
        """
        names = []
        for row in self.costs.itertuples():
            stages = f", {row.stages} stages" if row.stages > 1 else ""
            names.append(f"{row.network}{stages} (published)")
        published = self.costs.drop(columns="stages")
        published["network"] = names
        for column in ("parameters", "macs_per_frame"):
            exact = published[column] * 1e6
            published[column] = exact.round().astype(int)
        tables = [costs.astype(object), published.astype(object)]
        return pd.concat(tables, ignore_index=True).fillna("")


def _pl_crnn() -> Published:
    return Published(
        source="published on TIMIT",
        sample_rate=16000,
        values=pl_crnn_paper(),
        costs=pl_crnn_costs(),
    )


PUBLISHED = {"pl_crnn": _pl_crnn}  # by the name in an experiment
