"""A learning rate that is planned to the last step of a training."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from tiny_run import config, equal_runs, fit, interrupted_in, overrides, resume

from command.check import check
from command.train_schema import TrainConfig
from models.enhancement_learner import EnhancementLearner
from models.planned_rate import PlannedRate
from models.schedules.warmup_cosine import WarmupCosine

STEPS = 21  # 4 of warm-up, then 16 from the top to the end


@pytest.mark.parametrize(
    ("step", "factor"),
    [
        (0, 0),
        (1, 1 / 4),
        (2, 1 / 2),
        (4, 1),
        (8, (1 + math.sqrt(1 / 2)) / 2),
        (12, 1 / 2),
        (16, (1 - math.sqrt(1 / 2)) / 2),
        (20, 0),
    ],
)
@pytest.mark.parametrize("final", [0.0, 0.1])
def test_the_rate_goes_up_in_a_line_and_down_half_a_cosine(step, factor, final):
    expected = factor if step <= 4 else final + (1 - final) * factor
    assert WarmupCosine(4, final).factor(step, STEPS) == pytest.approx(expected, abs=1e-12)


def test_without_a_warm_up_the_first_step_has_the_full_rate():
    assert [WarmupCosine(0).factor(step, 3) for step in range(3)] == pytest.approx([1, 0.5, 0])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"warmup_steps": -1}, r"recipe\.schedule\.warmup_steps=-1: must be at least 0"),
        ({"warmup_steps": 1, "final": 1.5}, r"recipe\.schedule\.final=1\.5: must be from 0 to 1"),
        ({"warmup_steps": 1, "final": -0.1}, r"recipe\.schedule\.final=-0\.1"),
        ({"warmup_steps": 1, "final": math.nan}, r"recipe\.schedule\.final=nan"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        WarmupCosine(**options)


def test_a_training_that_ends_in_its_warm_up_is_refused_with_what_fits():
    with pytest.raises(ValueError, match=r"warmup_steps=6: the training has 7 steps.*at most 5"):
        WarmupCosine(6).factor(0, 7)
    assert WarmupCosine(5).factor(6, 7) == 0


def planned(epochs, batches, to_an_update=1):
    """Rates of the steps of a training at a full rate of 2."""
    groups = [{"lr": 2.0}]
    trainer = SimpleNamespace(optimizers=[SimpleNamespace(param_groups=groups)])
    trainer.num_training_batches, trainer.accumulate_grad_batches = batches, to_an_update
    trainer.max_epochs, trainer.global_step = epochs, 0
    callback, rates = PlannedRate(WarmupCosine(2)), []
    for trainer.current_epoch in range(epochs):
        callback.on_train_epoch_start(trainer, None)
        for batch in range(batches):
            callback.on_train_batch_start(trainer, None, {}, batch)
            if (batch + 1) % to_an_update == 0 or batch + 1 == batches:
                rates.append(groups[0]["lr"])
                trainer.global_step += 1
    return rates


@pytest.mark.parametrize(("batches", "to_an_update"), [(3, 1), (6, 2), (5, 2)])
def test_each_step_has_its_rate_also_where_it_takes_several_batches(batches, to_an_update):
    expected = [2 * WarmupCosine(2).factor(step, 9) for step in range(9)]
    assert planned(3, batches, to_an_update) == expected


# 5 steps an epoch. The rate that is left after an epoch is that of its last step.
TYPED = ["+schedule@recipe.schedule=warmup_cosine", "recipe.schedule.warmup_steps=4"]


def rates(run):
    return pd.read_csv(run / "curve.csv").learning_rate.tolist()


@pytest.fixture(scope="module")
def planned_run(data, tmp_path_factory):
    return fit(data, tmp_path_factory.mktemp("planned") / "run", *TYPED)


def test_a_training_follows_its_schedule_to_nothing(planned_run):
    table = pd.read_csv(planned_run / "curve.csv")
    assert table.step.tolist() == [5, 10, 15]
    assert rates(planned_run) == pytest.approx([1e-3, 5e-4, 0], abs=1e-12)


def test_a_resumed_training_follows_it_as_an_uninterrupted_one(
    data, planned_run, tmp_path, monkeypatch
):
    run = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupted_in(patch, 1)
        fit(data, run, *TYPED)
    assert rates(run) == rates(planned_run)[:1]
    assert equal_runs(resume(run), planned_run)


def test_a_training_resumed_with_another_end_comes_down_to_that_one(data, tmp_path):
    run = fit(data, tmp_path / "run", *TYPED, "trainer.max_epochs=2")
    assert rates(run) == pytest.approx([1e-3, 0], abs=1e-12)
    resume(run, "trainer.max_epochs=4")
    schedule = WarmupCosine(4)
    later = [1e-3 * schedule.factor(step, 20) for step in (14, 19)]
    assert rates(run)[2:] == pytest.approx(later, abs=1e-12)


def rising(module, batch, index):
    """A validation step whose loss goes up."""
    module.log("validation_loss", float(module.current_epoch), batch_size=1)


def test_the_rule_of_rises_does_not_halve_what_is_planned(data, tmp_path, monkeypatch):
    monkeypatch.setattr(EnhancementLearner, "validation_step", rising)
    run = fit(data, tmp_path / "run", *TYPED, "recipe.rule_of_rises.halve_after=1")
    assert rates(run) == pytest.approx([1e-3, 5e-4, 0], abs=1e-12)


def test_the_rule_of_rises_still_stops_what_is_planned(data, tmp_path, monkeypatch):
    monkeypatch.setattr(EnhancementLearner, "validation_step", rising)
    run = fit(data, tmp_path / "run", *TYPED, "recipe.rule_of_rises.stop_after=0")
    assert len(rates(run)) == 2


def test_a_schedule_and_a_cooldown_are_refused_together(data, tmp_path):
    typed = overrides(data, tmp_path, *TYPED, "recipe.cooldown_epochs=2")
    with pytest.raises(ValueError, match=r"cooldown_epochs=2: .*give recipe\.cooldown_epochs=0"):
        check(config("train", typed, tmp_path), TrainConfig)


def test_a_training_too_short_for_its_warm_up_is_refused(data, tmp_path):
    with pytest.raises(ValueError, match=r"recipe\.schedule\.warmup_steps=500: .*has 15 steps"):
        fit(data, tmp_path / "run", TYPED[0])
