"""Scores of every system on every mixture, and systems that fail."""

import os
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from stand_ins import Answers, mixture_and_oracle

from datagen.render import Rendering
from datagen.signals import Signals
from metrics.facts import Facts
from metrics.metric import Metric
from metrics.sdr import SDR
from metrics.si_sdr import SISDR
from models.baselines.unprocessed import Unprocessed
from models.system import System
from parallel.spread import over_processes
from reporting.scores_table import IDENTITY, MIXTURE, ORACLE
from reporting.scoring import score_plan as score_plan_module
from reporting.scoring.again import OneByOne
from reporting.scoring.bench import Bench
from reporting.scoring.score_plan import TOGETHER, score_plan

RATE = 16000
METRICS = {"sdr": SDR(), "si_sdr": SISDR()}
ALONE = over_processes(1)


@pytest.fixture
def bench(rendered):
    return Bench(*rendered, RATE)


@pytest.fixture
def test_systems():
    return mixture_and_oracle(RATE)


def test_every_system_is_scored_on_every_test_mixture_in_the_plans_order(bench, test_systems):
    table = score_plan(bench, test_systems, METRICS, ALONE)
    tested = bench.plan.split("test").mixture_id
    assert table.columns.tolist() == [*IDENTITY, *METRICS, "failed"]
    assert table.mixture_id.tolist() == [name for name in tested for _ in test_systems]
    assert set(table.system) == {MIXTURE, ORACLE}


def test_a_log_is_told_how_many_signals_are_scored(bench, test_systems, monkeypatch, capsys):
    often = partial(score_plan_module.progress, every_s=0.0)
    monkeypatch.setattr(score_plan_module, "progress", often)
    total = len(score_plan(bench, test_systems, METRICS, ALONE))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == total - 1  # nothing is left of the last one
    assert lines[0].startswith(f"scoring: 1 of {total} signals, about ")


def test_scores_do_not_depend_on_the_number_of_jobs(rendered, test_systems):
    one, two = (
        score_plan(Bench(*rendered, RATE), test_systems, METRICS, over_processes(jobs))
        for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)


def test_systems_may_run_where_scores_are_computed(rendered, test_systems):
    here = score_plan(Bench(*rendered, RATE), test_systems, METRICS, ALONE)
    there = score_plan(Bench(*rendered, RATE), test_systems, METRICS, over_processes(2), True)
    pd.testing.assert_frame_equal(here, there)


@pytest.mark.parametrize("there", [False, True])
def test_a_system_that_fails_on_one_mixture_is_a_counted_row_and_asked_again(bench, there):
    def fails(batch):
        if batch["name"] == [first]:
            raise RuntimeError("no; not this")
        return batch["mixture"]

    first = bench.rows.mixture_id[0]
    system = Answers(fails, "fails")
    for calls in (len(bench.rows), len(bench.rows) + 1):
        table = score_plan(bench, {"tool": system}, METRICS, ALONE, there)
        failed = table.set_index("mixture_id").failed
        assert failed[first] == "sdr, si_sdr: no answer, RuntimeError: no, not this"
        assert (failed.drop(first) == "").all() and system.calls == calls
    with pytest.raises(ValueError, match="tool: failed on all 1 mixtures: no answer"):
        one = Bench(replace(bench.plan, rows=bench.rows[:1]), bench.audio, RATE)
        score_plan(one, {"tool": system}, METRICS, ALONE, there)


def test_a_system_that_ends_its_process_is_a_counted_row_and_not_asked_for_the_page(bench):
    def ends(batch):
        return os._exit(9) if batch["name"] == [first] else batch["mixture"]

    first = bench.rows.mixture_id[0]
    tool = Answers(ends, "ends")
    spread = over_processes(1, OneByOne())
    table = score_plan(bench, {"tool": tool}, METRICS, spread, True).set_index("mixture_id")
    assert table.failed[first].endswith("no answer, its process ended with status 9")
    assert (table.failed.drop(first) == "").all()
    assert not len(bench.enhanced(tool, bench.mixture(first)).answer)


def test_a_system_that_leaves_python_is_a_counted_row(bench):
    def leaves(batch):
        return sys.exit("bye") if batch["name"] == [first] else batch["mixture"]

    first = bench.rows.mixture_id[0]
    table = score_plan(bench, {"tool": Answers(leaves)}, METRICS, ALONE).set_index("mixture_id")
    assert table.failed[first] == "sdr, si_sdr: no answer, SystemExit: bye"


def test_few_signals_wait_and_results_in_any_order_are_put_in_the_plans_order(
    rendered, test_systems
):
    """As of workers that hold two jobs and always finish the later one first."""
    made, scored = Answers(lambda batch: batch["mixture"]), 0

    def backwards(function, items):
        nonlocal scored
        held = []
        for item in items:
            held.append(item)
            assert made.calls - scored <= 2 * TOGETHER
            if len(held) == 2:
                scored += len(held[-1])
                yield function(held.pop())
        yield from map(function, held)

    table = score_plan(Bench(*rendered, RATE), {"made": made}, METRICS, backwards)
    pd.testing.assert_frame_equal(
        table, score_plan(Bench(*rendered, RATE), {"made": made}, METRICS, ALONE)
    )


def test_the_mixtures_sdr_is_its_snr_and_the_oracle_beats_it(bench, test_systems):
    table = score_plan(bench, test_systems, METRICS, ALONE).set_index("mixture_id")
    mixture, best = (table[table.system == name] for name in (MIXTURE, ORACLE))
    # 512 taps fit a little of the noise too: never below, and close.
    assert ((mixture.sdr - mixture.snr_db) > -0.6).all()
    assert (best.si_sdr > mixture.si_sdr).all()


def test_a_system_is_given_all_parts_of_the_mixture_and_its_length(bench):
    seen = []
    score_plan(
        bench,
        {"sees": Answers(lambda batch: seen.append(batch) or batch["mixture"])},
        {"sdr": SDR()},
        ALONE,
    )
    for batch, length in zip(seen, bench.rows.length, strict=True):
        assert batch["length"].tolist() == [length]
        assert batch["mixture"].shape == batch["clean"].shape == batch["noise"].shape == (1, length)
        assert torch.equal(batch["mixture"], batch["clean"] + batch["noise"])


def test_a_system_that_breaks_gives_empty_cells_with_a_reason(bench):
    systems = {
        "mute": Answers(lambda batch: torch.zeros_like(batch["mixture"])),
        "nan": Answers(lambda batch: batch["mixture"] * float("nan")),
        "short": Answers(lambda batch: batch["mixture"][:, :-1]),
    }
    table = score_plan(bench, systems, METRICS, ALONE)
    assert table[list(METRICS)].isna().all(axis=None)
    reasons = table.drop_duplicates("system").set_index("system").failed
    assert all(reasons[name].startswith("sdr, si_sdr: ") for name in systems)
    assert reasons.nunique() == 3


def test_the_noise_type_is_the_kind_or_several(bench, test_systems):
    table = score_plan(bench, {MIXTURE: test_systems[MIXTURE]}, METRICS, ALONE)
    unseen, plan = table[~table.noise_seen], bench.plan
    named = plan.split("test").set_index("mixture_id").noise_id.map(plan.noise.set_index("id").kind)
    assert (unseen.noise_type.to_numpy() == named[unseen.mixture_id].to_numpy()).all()
    assert set(table[table.noise_seen].noise_type) <= {*plan.noise.kind, "several"}
    assert np.isfinite(table.sdr).all()


def test_systems_that_give_the_same_signal_get_the_same_scores(bench):
    systems = {name: Answers(lambda batch: batch["mixture"]) for name in ("one", "two", "three")}
    table = score_plan(bench, systems, METRICS, ALONE)
    one, two, three = (table[table.system == name][list(METRICS)].to_numpy() for name in systems)
    assert (one == two).all() and (one == three).all()
    assert (one[:, 0] != one[:, 1]).all()


class Named(System):
    """Answers with a text."""

    gives = "text"
    made_of = None

    def answers(self, batch):
        return [name.upper() for name in batch["name"]]


class SameText(Metric):
    facts = Facts("same", compares="text", packages=())

    def score(self, reference, estimate, sample_rate):
        return float(reference == estimate)


class Spoken(Signals):
    """The signals of `rendering`, and the text of every mixture but the first."""

    def __init__(self, rendering):
        self.rendering = rendering

    def signals(self, row):
        signals = self.rendering.signals(row)
        if row["mixture_id"].endswith("0"):
            return signals
        return signals | {"text": row["mixture_id"].upper()}

    def noise_type(self, noise_id, start, length):
        return self.rendering.noise_type(noise_id, start, length)


def test_texts_are_compared_as_texts_and_speech_as_speech(drawn):
    plan, library = drawn
    bench = Bench(plan, Spoken(Rendering(library)), RATE)
    metrics = {"same": SameText(), "si_sdr": SISDR()}
    systems = {"named": Named(), "mixture": Unprocessed(RATE)}
    table = score_plan(bench, systems, metrics, ALONE)
    named = table[table.system == "named"]
    is_known = ~named.mixture_id.str.endswith("0")
    assert 0 < is_known.sum() < len(named)
    assert (named.same[is_known] == 1).all() and named.same[~is_known].isna().all()
    assert set(named.failed[~is_known]) == {
        "same: the test has no text of this mixture; "
        "si_sdr: compares speech, and the system gives text"
    }
    of_mixture = table[table.system == "mixture"]
    assert of_mixture.si_sdr.notna().all() and of_mixture.same.isna().all()
