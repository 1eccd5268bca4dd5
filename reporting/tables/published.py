"""Values that papers print, in the form of summary.csv, to stand beside ours."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from reporting.scoring.systems import MIXTURE
from reporting.tables.summary import MEAN, headline

TABLES = Path(__file__).parent / "published"
SCORES = {"pesq": ("pesq_nb_raw", 1.0), "stoi_percent": ("stoi", 0.01), "sdr_db": ("sdr", 1.0)}

# The Bi-LSTM line enhancement paper: section IV.A, and Table II (gain in dB by source level, by field) with its times.
LINES_GAIN_DB = 12.58  # at LINES_SNR_DB
LINES_SNR_DB, LINES_FRAME_S, LINES_DELAY_S = -24.0, 2.0, 2.0
LINES_FIELD_DB = {
    "LMS": {"field 1": (-13.96, -14.04, -12.28, -6.01), "field 2": (-14.16, -14.55, -14.99, -6.91)},
    "Bi-LSTM": {"field 1": (7.61, 7.47, 6.59, 6.54), "field 2": (9.26, 8.76, 8.58, 8.39)},
}
LINES_SECONDS = {"LMS": 0.36, "Bi-LSTM": 0.02}


def pl_crnn_paper() -> pd.DataFrame:
    """Tables 3 and 4 of the PL-CRNN paper (Li et al., 2020; TIMIT, 115 noises, 800 mixtures).

    Columns: noise, system, snr_db, score, mean, gain, as `summarise` has them. A system is a model
    and its target, "PL-CRNN IAM".
    """
    printed = pd.read_csv(TABLES / "pl_crnn.csv", dtype={"snr_db": str})
    system = (printed.model + " " + printed.target.str.upper()).where(printed.model != "noisy", MIXTURE)
    score = printed.metric.map({metric: score for metric, (score, _) in SCORES.items()})
    mean = printed.value * printed.metric.map({metric: factor for metric, (_, factor) in SCORES.items()})
    snr_db = printed.snr_db.replace("avg", MEAN)
    table = pd.DataFrame({"noise": printed.noise, "system": system, "snr_db": snr_db, "score": score, "mean": mean})
    cell = ["noise", "snr_db", "score"]
    mixture = table[table.system == MIXTURE].set_index(cell)["mean"]
    return table.assign(gain=mean - mixture.reindex(pd.MultiIndex.from_frame(table[cell])).to_numpy())


def pl_crnn_costs() -> pd.DataFrame:
    """Table 6 of the PL-CRNN paper: network (of conf/network), stages, and in millions parameters, macs_per_frame."""
    return pd.read_csv(TABLES / "pl_crnn_costs.csv")


class Published(NamedTuple):
    """What a paper prints, at one sample rate. source: what a reader must know of its values.

    values: as summary.csv has them. costs: of its networks, see `pl_crnn_costs`.
    """

    source: str
    sample_rate: int
    values: pd.DataFrame
    costs: pd.DataFrame

    def beside(self, under: pd.DataFrame, what: str) -> pd.DataFrame:
        """Headline table of "mean" or "gain" under the condition of a summary; empty at another rate than its own.

        Its mean over all SNRs is left out where ours is over other ones.
        """
        if (under.sample_rate != self.sample_rate).any():
            return pd.DataFrame()
        values = self.values[self.values.noise == under.noise.iloc[0]]
        table = headline(values, what)
        return table if set(values.snr_db) == set(under.snr_db) else table.drop(columns=MEAN, level=1)

    def costs_beside(self, costs: pd.DataFrame) -> pd.DataFrame:
        """Rows of `costs` (see command.costs), and below them the published ones, as far as they are printed."""
        stages = self.costs.stages.map(lambda count: f", {count} stages" if count > 1 else "")
        rows = self.costs.drop(columns="stages").assign(network=self.costs.network + stages + " (published)")
        printed = ["parameters", "macs_per_frame"]
        rows[printed] = (rows[printed] * 1e6).round().astype(int)
        return pd.concat([costs.astype(object), rows.astype(object)], ignore_index=True).fillna("")


# By the name that an experiment gives.
PUBLISHED = {"pl_crnn": lambda: Published("published on TIMIT", 16000, pl_crnn_paper(), pl_crnn_costs())}
