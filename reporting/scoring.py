"""Every system on every mixture of a test plan: one row of scores each."""

from collections.abc import Callable, Iterator, Mapping

import joblib
import numpy as np
import pandas as pd
from tqdm import tqdm

from datagen.library import Library
from datagen.plan import Plan
from datagen.render import render
from metrics.guard import NotComputable
from metrics.table import scores
from reporting.systems import System

IDENTITY = ["system", "mixture_id", "snr_db", "noise_seen", "noise_type", "speech_id", "speaker", "sex"]


def require_usable(metrics: Mapping[str, Callable], sample_rate: int) -> None:
    """Try every metric once, before hours of scoring: raise ValueError naming one that its own options break."""
    reference, noise = np.random.default_rng(0).standard_normal((2, sample_rate)) * 0.1
    for name, metric in metrics.items():
        try:
            metric(reference, reference + noise, sample_rate)
        except NotComputable:
            continue  # its own word on this pair of signals, not on its options
        except (TypeError, ValueError) as error:
            raise ValueError(f"metric.{name}: {error}") from error


def score_plan(
    plan: Plan,
    library: Library,
    systems: Mapping[str, System],
    metrics: Mapping[str, Callable],
    sample_rate: int,
    jobs: int,
    device: str = "cpu",
) -> pd.DataFrame:
    """One row per test mixture and system, in the plan's order: IDENTITY, one column per metric, `failed`.

    Systems run here, one mixture at a time; scores are computed over `jobs` processes, and only a few signals wait for
    them at any time. A score that cannot be computed is NaN, with its reason in `failed`.
    """
    total = len(plan.split("test")) * len(systems)
    tasks = (
        joblib.delayed(_scored)(number, identity, reference, enhanced, sample_rate, dict(metrics))
        for number, (identity, reference, enhanced) in enumerate(_signals(plan, library, systems, device))
    )
    # Processes: PESQ holds the interpreter lock.
    rows = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs", batch_size=1)(tasks)
    numbered = list(tqdm(rows, "scoring", total, unit="signal", leave=False, disable=None))
    return pd.DataFrame([row for _, row in sorted(numbered, key=lambda pair: pair[0])])


def _signals(
    plan: Plan, library: Library, systems: Mapping[str, System], device: str
) -> Iterator[tuple[dict, np.ndarray, np.ndarray]]:
    speech = plan.speech.set_index("id")
    for row in plan.split("test").to_dict("records"):
        batch = {part: signal.unsqueeze(0).to(device) for part, signal in render(row, library).items()}
        shared = {name: row[name] for name in IDENTITY if name in row}
        shared["noise_type"] = library.noise_type(row["noise_id"], row["noise_start"], row["length"])
        shared |= {"speaker": speech.source[row["speech_id"]], "sex": speech.category[row["speech_id"]]}
        reference = batch["clean"][0].double().cpu().numpy()
        for name, system in systems.items():
            enhanced = system(batch)[0].double().cpu().numpy()
            yield {key: {"system": name, **shared}[key] for key in IDENTITY}, reference, enhanced


def _scored(
    number: int,
    identity: dict,
    reference: np.ndarray,
    enhanced: np.ndarray,
    sample_rate: int,
    metrics: Mapping[str, Callable],
) -> tuple[int, dict]:
    values, failed = scores(reference, enhanced, sample_rate, metrics)
    return number, {**identity, **values, "failed": failed}
