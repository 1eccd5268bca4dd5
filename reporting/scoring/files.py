"""The checks of files that other tools enhanced, before they are scored."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from datagen.pairs.matching import nearest
from dsp.lag import lag
from dsp.level import level_db
from models.baselines.files import Files
from models.system import System
from reporting.scoring.bench import Bench
from reporting.scoring.envelopes import Envelopes
from reporting.scoring.mixture import Mixture
from reporting.scoring.score_cache import of_signal
from text.line import in_one_line

LONGEST_S = 0.5  # largest delay that is searched
ALIKE = 0.3  # least correlation for a valid delay and gain
MORE_ALIKE = 0.2  # another utterance must have a correlation larger by this than its own
FAR_OFF_DB = 10.0
CLIPPED = 1e-4  # share of the samples
FULL = 1 - 2 / 2**15
SHARED = 0.9  # share of the files that must have a common delay
COLUMNS = [
    "system",
    "mixture_id",
    "problem",
    "test_rate",
    "sample_rate",
    "channels",
    "longer_by",
    "delay",
    "inverted",
    "gain_db",
    "clipped",
    "is_mixture",
    "level_of",
    "nearer_to",
]


class Check(NamedTuple):
    """A check: the rows that fail it, and the meaning for the scores."""

    title: str
    meaning: str
    shows: str  # a pandas query for the rows


CHECKS = (
    Check("missing or unreadable", "no score has a value", "problem != ''"),
    Check("another rate", "resampled", "sample_rate != test_rate and problem == ''"),
    Check("several channels", "mixed down to one", "channels > 1 and problem == ''"),
    Check("another length", "no score has a value", "longer_by != 0 and problem == ''"),
    Check("delayed", "SDR, STOI and PESQ suffer; align=true undoes one delay of all", "delay != 0"),
    Check("inverted", "only SI-SDR, STOI and PESQ do not mind", "inverted"),
    Check(f"a gain more than {FAR_OFF_DB:g} dB off", "LSD minds", f"abs(gain_db) > {FAR_OFF_DB}"),
    Check("clipped", "distorted", f"clipped >= {CLIPPED}"),
    Check("the mixture itself", "nothing was enhanced", "is_mixture"),
    Check("another utterance", "two files may be swapped", "nearer_to != ''"),
    Check("at the mixture's level", "brought to its level, it seems", "level_of == 'mixture'"),
)


def look_at(bench: Bench, systems: Mapping[str, System]) -> pd.DataFrame:
    """COLUMNS for every mixture and system of files, and the delays that `align` corrects.

    problem: why there is no audio, "" if there is. sample_rate: of the file in Hz. channels: of the
    file. longer_by: samples more than the mixture, at the test's rate. delay: of the clean speech
    in the file, in samples at the test's rate. inverted: whether the polarity is inverted. gain_db:
    of the clean speech in the file. clipped: share of clipped samples. is_mixture: whether it
    equals the mixture. level_of: the signal with the nearer level, "clean" or "mixture", "" if both
    are within 1 dB. nearer_to: the mixture whose utterance it resembles more than its own. Raises
    ValueError if a system has no file for any mixture.
    """
    of_files = {name: one for name, one in systems.items() if isinstance(one, Files)}
    if not of_files:
        return pd.DataFrame(columns=COLUMNS)
    rows = []
    envelopes = Envelopes(bench.sample_rate)
    for mixture in bench.mixtures():
        name = mixture.identity["mixture_id"]
        envelopes.add(name, of_signal(_cleanest(mixture).numpy()), _cleanest(mixture))
        for name, system in of_files.items():
            rows.append({"system": name, **_row(system, mixture, envelopes)})
    table = pd.DataFrame(rows)
    table["test_rate"] = bench.sample_rate
    _require_some(table, of_files)
    table["nearer_to"] = _nearer(bench, of_files, table, envelopes)
    for name, system in of_files.items():
        if system.align:
            system.delay = shared_delay(table[table.system == name])
    return table[COLUMNS].sort_values("system", kind="stable", ignore_index=True)


def _require_some(table: pd.DataFrame, systems: Mapping[str, Files]) -> None:
    for name, system in systems.items():
        rows = table[table.system == name]
        if (rows.problem == "").any():
            continue
        first = rows.iloc[0]
        close = nearest(first.mixture_id, system.names())
        raise ValueError(
            f"baselines.{name}.folder={system.folder}: none of {len(rows)} mixtures has a file "
            f"there that can be used ({first.problem}{close}); say how they are called with "
            f"'baselines.{name}.pattern=\"{{name}}_enhanced\"'"
        )


def _row(system: Files, mixture: Mixture, envelopes: Envelopes) -> dict:
    """The facts about one file."""
    name = mixture.identity["mixture_id"]
    row = {
        "mixture_id": name, "problem": "", "sample_rate": 0, "channels": 0, "longer_by": 0,
        "delay": 0, "inverted": False, "gain_db": 0.0, "clipped": 0.0, "is_mixture": False,
        "level_of": "", "correlation": 0.0,
    }  # fmt: skip
    try:
        head = system.header(name)
        row |= {"sample_rate": head.sample_rate, "channels": head.channels}
        samples = torch.from_numpy(system.read(name))
    except (OSError, ValueError) as error:
        return {**row, "problem": in_one_line(error)}
    clean, noisy = _cleanest(mixture).double(), mixture.parts["mixture"].double()
    row["longer_by"] = len(samples) - len(clean)
    if not samples.any():
        return {**row, "problem": "silent"}
    envelopes.add_file(system, name, samples)
    late = lag(clean, samples, round(LONGEST_S * system.sample_rate))
    row["correlation"] = abs(late.correlation)
    row["clipped"] = float((samples.abs() >= FULL).double().mean())
    row["is_mixture"] = len(samples) == len(noisy) and bool(
        ((samples - noisy).abs() < 1.01 / 2**15).all()
    )
    row["level_of"] = _level_of(samples, clean, noisy)
    if row["correlation"] >= ALIKE:
        gain = row["correlation"] * float(samples.norm() / clean.norm())
        row |= {"delay": late.samples, "inverted": late.correlation < 0}
        row["gain_db"] = round(20 * np.log10(gain), 2)
    return row


def _cleanest(mixture: Mixture) -> torch.Tensor:
    """The clean speech [time], or the mixture if there is no clean speech."""
    clean = mixture.parts["clean"]
    return clean if clean.any() else mixture.parts["mixture"]


def _level_of(samples: torch.Tensor, clean: torch.Tensor, mixture: torch.Tensor) -> str:
    """The signal whose level is nearer to that of `samples`; "" if both levels are nearly equal."""
    own, of_clean, of_mixture = (float(level_db(one)) for one in (samples, clean, mixture))
    if abs(of_clean - of_mixture) < 1:
        return ""
    return "mixture" if abs(own - of_mixture) < abs(own - of_clean) else "clean"


def _nearer(
    bench: Bench, systems: Mapping[str, Files], table: pd.DataFrame, envelopes: Envelopes
) -> list[str]:
    """For every row the mixture whose clean speech its file resembles clearly more than its own."""
    found = []
    for row in table.itertuples():
        system = systems[row.system]
        other = envelopes.nearest(system, row.mixture_id)
        if not other:
            found.append("")
            continue
        clean = _cleanest(bench.mixture(other))
        samples = torch.from_numpy(system.samples(row.mixture_id))
        late = lag(clean, samples, round(LONGEST_S * bench.sample_rate))
        found.append(other if abs(late.correlation) > row.correlation + MORE_ALIKE else "")
    return found


def shared_delay(rows: pd.DataFrame) -> int:
    """The delay of nearly all files of a system; 0 if the delays differ."""
    known = rows[(rows.problem == "") & (rows.correlation >= ALIKE)]
    if known.empty:
        return 0
    delay = int(known.delay.mode().iloc[0])
    return delay if (known.delay == delay).mean() >= SHARED else 0


def failed_checks(files: pd.DataFrame) -> pd.DataFrame:
    """Failed checks: system, what, files (number of number), example, meaning."""
    rows = []
    for system, of_system in files.groupby("system", sort=False):
        for check in CHECKS:
            shown = of_system.query(check.shows)
            if len(shown):
                count = f"{len(shown)} of {len(of_system)}"
                rows.append([system, check.title, count, _example(shown.iloc[0]), check.meaning])
    return pd.DataFrame(rows, columns=["system", "what", "files", "example", "meaning"])


def _example(row: pd.Series) -> str:
    """A file as text."""
    said = [row.mixture_id]
    if row.problem:
        said.append(row.problem)
    elif row.nearer_to:
        said.append(f"nearer to {row.nearer_to}")
    else:
        said.append(f"delay {row.delay}, gain {row.gain_db:+.1f} dB, {row.sample_rate} Hz")
    return ": ".join(said)
