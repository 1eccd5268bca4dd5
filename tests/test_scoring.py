import numpy as np
import pandas as pd
import pytest
import torch

from dsp.stft import STFT
from metrics.sdr import SDR
from metrics.si_sdr import SISDR
from models.targets.iam import IAM
from reporting.scoring.score_plan import IDENTITY, score_plan
from reporting.scoring.systems import MIXTURE, ORACLE, open_systems

METRICS = {"sdr": SDR(), "si_sdr": SISDR()}


@pytest.fixture
def test_systems(drawn):
    plan, _ = drawn
    return open_systems([], plan, 16000, STFT(16000), IAM(), "cpu")


def test_every_system_is_scored_on_every_test_mixture_in_the_plans_order(drawn, test_systems):
    plan, library = drawn
    table = score_plan(plan, library, test_systems, METRICS, 16000, jobs=1)
    tested = plan.split("test").mixture_id
    assert table.columns.tolist() == [*IDENTITY, *METRICS, "failed"]
    assert table.mixture_id.tolist() == [name for name in tested for _ in test_systems]
    assert set(table.system) == {MIXTURE, ORACLE}


def test_scores_do_not_depend_on_the_number_of_jobs(drawn, test_systems):
    plan, library = drawn
    one, two = (score_plan(plan, library, test_systems, METRICS, 16000, jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_the_mixtures_sdr_is_its_snr_and_the_oracle_beats_it(drawn, test_systems):
    plan, library = drawn
    table = score_plan(plan, library, test_systems, METRICS, 16000, jobs=1).set_index("mixture_id")
    mixture, best = (table[table.system == name] for name in (MIXTURE, ORACLE))
    # 512 taps fit a little of the noise too: never below, and close.
    assert ((mixture.sdr - mixture.snr_db) > -0.6).all()
    assert (best.si_sdr > mixture.si_sdr).all()


def test_a_system_that_breaks_gives_empty_cells_with_a_reason(drawn):
    plan, library = drawn
    systems = {
        "mute": lambda batch: torch.zeros_like(batch["mixture"]),
        "nan": lambda batch: batch["mixture"] * float("nan"),
        "short": lambda batch: batch["mixture"][:, :-1],
    }
    table = score_plan(plan, library, systems, METRICS, 16000, jobs=1)
    assert table[list(METRICS)].isna().all(axis=None)
    reasons = table.drop_duplicates("system").set_index("system").failed
    assert all(reasons[name].startswith("sdr, si_sdr: ") for name in systems)
    assert reasons.nunique() == 3


def test_the_noise_type_is_the_kind_or_several(drawn, test_systems):
    plan, library = drawn
    table = score_plan(plan, library, {MIXTURE: test_systems[MIXTURE]}, METRICS, 16000, jobs=1)
    unseen = table[~table.noise_seen]
    named = plan.split("test").set_index("mixture_id").noise_id.map(plan.noise.set_index("id").kind)
    assert (unseen.noise_type.to_numpy() == named[unseen.mixture_id].to_numpy()).all()
    assert set(table[table.noise_seen].noise_type) <= {*plan.noise.kind, "several"}
    assert np.isfinite(table.sdr).all()


def test_systems_that_give_the_same_signal_get_the_same_scores(drawn):
    plan, library = drawn
    systems = {name: (lambda batch: batch["mixture"]) for name in ("one", "two", "three")}
    table = score_plan(plan, library, systems, METRICS, 16000, jobs=1)
    one, two, three = (table[table.system == name][list(METRICS)].to_numpy() for name in systems)
    assert (one == two).all() and (one == three).all()
    assert (one[:, 0] != one[:, 1]).all()
