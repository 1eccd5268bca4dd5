"""Rule of rises, curve, seeds by epoch and whole checkpoints, with answers worked out by hand."""

import itertools
from types import SimpleNamespace

import pandas as pd
import pytest
import torch

from models.consumed import Consumed
from models.running_mean import RunningMean
from models.saving import Saver, WholeCheckpoints
from models.training import Cooldown, Curve, RuleOfRises, SeedByStep


def trainer(**more):
    optimizer = SimpleNamespace(param_groups=[{"lr": 1.0}, {"lr": 1.0}])
    state = {
        "optimizers": [optimizer],
        "should_stop": False,
        "sanity_checking": False,
        "current_epoch": 0,
    }
    state |= {
        "global_step": 0,
        "global_rank": 0,
        "is_global_zero": True,
        "check_val_every_n_epoch": 1,
    }
    return SimpleNamespace(**{**state, **more})


def follow(rule, losses, at=None):
    """Rates and whether to stop after each epoch."""
    at = at or trainer()
    outcomes = []
    for loss in losses:
        at.callback_metrics = {"validation_loss": torch.tensor(loss)}
        rule.on_validation_epoch_end(at, None)
        rates = [group["lr"] for group in at.optimizers[0].param_groups]
        assert len(set(rates)) == 1
        outcomes.append((rates[0], at.should_stop))
    return outcomes


def rates(rule, losses):
    return [rate for rate, _ in follow(rule, losses)]


def test_the_rate_is_halved_after_three_rises_in_a_row():
    assert rates(RuleOfRises(), [5, 6, 7, 8, 9, 8]) == [1, 1, 1, 0.5, 0.5, 0.5]


def test_rises_in_a_row_are_counted_anew_after_halving():
    assert rates(RuleOfRises(), [1, 2, 3, 4, 5, 6, 7]) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_a_fall_breaks_the_row():
    assert rates(RuleOfRises(), [1, 2, 3, 2, 3, 4, 3, 4, 5]) == [1] * 9


def test_a_plateau_is_no_rise_and_breaks_the_row():
    assert rates(RuleOfRises(), [1.0] * 40) == [1] * 40
    assert rates(RuleOfRises(), [1, 2, 3, 3, 4, 5]) == [1] * 6


def test_a_rise_is_against_the_epoch_before_and_not_the_best():
    # Never as good as the first epoch again, yet falling: ReduceLROnPlateau would halve.
    assert rates(RuleOfRises(), [1, 9, 8, 7, 6, 5, 4, 3]) == [1] * 8
    # Ever better than the first epoch, yet rising.
    assert rates(RuleOfRises(), [9, 1, 2, 3, 4])[-1] == 0.5


def test_training_stops_after_more_than_ten_rises_in_all():
    seesaw = [1, 2] * 11  # rises at the 2nd, 4th, ... epoch; the 11th rise is the 22nd epoch
    stops = [stop for _, stop in follow(RuleOfRises(), seesaw)]
    assert stops == [False] * 21 + [True]


def test_rises_of_halvings_count_towards_the_stop():
    outcomes = follow(RuleOfRises(), list(range(12)))
    assert outcomes[-1] == (0.125, True) and outcomes[-2] == (0.125, False)


def test_options_of_the_rule_do_what_they_say():
    assert rates(RuleOfRises(halve_after=1, factor=0.1), [1, 2, 3]) == pytest.approx([1, 0.1, 0.01])
    assert [stop for _, stop in follow(RuleOfRises(stop_after=0), [1, 1, 2])] == [
        False,
        False,
        True,
    ]


def test_a_rule_that_never_halves_still_stops():
    outcomes = follow(RuleOfRises(halve_after=None, stop_after=3), [1, 2, 3, 4, 5])
    assert outcomes == [(1, False)] * 4 + [(1, True)]


def test_a_sanity_check_is_no_epoch():
    rule, at = RuleOfRises(), trainer(sanity_checking=True)
    follow(rule, [1, 2, 3, 4, 5], at)
    assert rule.state_dict() == RuleOfRises().state_dict()


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_rule_taken_up_from_its_state_goes_on_as_if_never_interrupted(cut):
    losses = [3, 4, 5, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    whole = follow(RuleOfRises(), losses)
    first, second, at = RuleOfRises(), RuleOfRises(), trainer()
    begun = follow(first, losses[:cut], at)
    second.load_state_dict(first.state_dict())
    assert begun + follow(second, losses[cut:], at) == whole


def test_a_training_that_was_stopped_does_not_go_on_when_resumed():
    rule, at = RuleOfRises(stop_after=0), trainer()
    rule.on_train_start(at, None)
    assert not at.should_stop
    follow(rule, [1, 2])
    again, at = RuleOfRises(stop_after=0), trainer()
    again.load_state_dict(rule.state_dict())
    again.on_train_start(at, None)
    assert at.should_stop


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_refused(loss):
    with pytest.raises(
        ValueError, match=f"validation_loss={loss} .*lower recipe.optimizer.lr"
    ) as caught:
        follow(RuleOfRises(), [1.0, loss])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"halve_after": 0}, {"stop_after": -1}, {"factor": 0}, {"factor": 1}]
)
def test_a_rule_that_does_nothing_or_harm_is_refused(options):
    (name, value), *_ = options.items()
    with pytest.raises(ValueError, match=f"{name}={value} "):
        RuleOfRises(**options)


def cool(cooldown, epochs, begin=0, at=None):
    """Rates of the epochs from `begin` to the end of a training of `epochs`."""
    at = at or trainer()
    rates = []
    for at.current_epoch in range(begin, epochs):
        at.max_epochs = epochs
        cooldown.on_train_epoch_start(at, None)
        rates.append(at.optimizers[0].param_groups[1]["lr"])
    return rates


def test_the_rate_goes_down_in_a_line_over_the_last_epochs():
    assert cool(Cooldown(3), 6) == pytest.approx([1, 1, 1, 3 / 4, 2 / 4, 1 / 4])
    assert cool(Cooldown(0), 6) == [1] * 6
    assert cool(Cooldown(9), 3) == pytest.approx([3 / 4, 2 / 4, 1 / 4])  # all of it


def test_a_training_resumed_with_another_end_cools_down_before_that_one():
    assert cool(Cooldown(2), 6, begin=3) == pytest.approx([1, 2 / 3, 1 / 3])


def test_a_cooldown_keeps_what_the_rule_of_rises_did():
    at = trainer()
    at.optimizers[0].param_groups[1]["lr"] = 0.5
    assert cool(Cooldown(1), 2, at=at) == pytest.approx([0.5, 0.25])


def test_a_cooldown_of_fewer_than_no_epochs_is_refused():
    with pytest.raises(ValueError, match=r"recipe\.cooldown_epochs=-1: must be at least 0"):
        Cooldown(-1)


def learner(loss):
    """What has had a training loss of `loss` in an epoch of one frame."""
    module = SimpleNamespace(train_loss=RunningMean(), consumed=Consumed())
    module.train_loss.add(torch.tensor([loss, 1.0]))
    return module


def epoch(curve, number, train, validation):
    at = trainer(current_epoch=number, global_step=10 * (number + 1))
    at.callback_metrics = {
        "validation_loss": torch.tensor(validation),
    }
    curve.on_train_epoch_end(at, learner(train))


def test_the_curve_has_one_row_per_epoch(tmp_path):
    curve = Curve(tmp_path / "curve.csv")
    epoch(curve, 0, 2.0, 3.0)
    epoch(curve, 1, 1.0, 2.5)
    table = pd.read_csv(curve.path)
    columns = ["epoch", "step", "train_loss", "validation_loss", "learning_rate"]
    assert list(table) == [*columns, "rows"]
    assert table[columns].to_numpy().tolist() == [[0, 10, 2, 3, 1], [1, 20, 1, 2.5, 1]]


def test_a_curve_taken_up_from_its_state_replaces_rows_after_it(tmp_path):
    curve = Curve(tmp_path / "curve.csv")
    epoch(curve, 0, 2.0, 3.0)
    state = {"rows": [dict(row) for row in curve.state_dict()["rows"]]}
    epoch(curve, 1, 99.0, 99.0)  # written, but its checkpoint was not
    again = Curve(curve.path)
    again.load_state_dict(state)
    epoch(again, 1, 1.0, 2.5)
    assert pd.read_csv(curve.path).validation_loss.tolist() == [3, 2.5]


def test_only_the_first_process_writes_the_curve(tmp_path):
    curve, at = Curve(tmp_path / "curve.csv"), trainer(is_global_zero=False)
    at.callback_metrics = {}
    curve.on_train_epoch_end(at, learner(1.0))
    assert not curve.path.exists()


def drawn(seed, epoch, step, rank=0, noise=0):
    torch.manual_seed(noise)  # whatever the process did before
    SeedByStep(seed).on_train_batch_start(
        trainer(current_epoch=epoch, global_rank=rank), None, {}, step
    )
    return torch.rand(()).item()


def test_a_step_draws_by_its_seed_epoch_number_and_process_alone():
    assert drawn(1, 2, 3, noise=3) == drawn(1, 2, 3, noise=4)
    places = list(itertools.product((0, 1), repeat=4))
    assert len({drawn(*place) for place in places}) == len(places)


@pytest.mark.parametrize("fails", ["replace", "chmod"])
def test_a_failed_write_leaves_the_old_checkpoint_and_nothing_else(tmp_path, monkeypatch, fails):
    path = tmp_path / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"epoch": 1}, str(path))

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"files.atomic.Path.{fails}", full)
        with pytest.raises(OSError, match="No space left on device"):
            WholeCheckpoints().save_checkpoint({"epoch": 2}, path)
    assert torch.load(path, weights_only=True) == {"epoch": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["last.ckpt"]


def saver_state(folder, best):
    saver = Saver(folder / "best.ckpt", monitor="validation_loss")
    path = str(folder / "best.ckpt")
    saver.best_model_path = saver.kth_best_model_path = path
    saver.best_model_score, saver.best_k_models, saver.kth_value = best, {path: best}, best
    return saver.state_dict()


def test_what_a_saver_keeps_names_no_folder(tmp_path):
    state = saver_state(tmp_path, torch.tensor(0.5))
    assert str(tmp_path) not in str(state)
    assert state["best_model_path"] == "best.ckpt" and list(state["best_k_models"]) == ["best.ckpt"]


def test_a_saver_knows_its_best_epoch_when_the_run_has_moved(tmp_path):
    moved = Saver(tmp_path / "new" / "best.ckpt", monitor="validation_loss")
    moved.load_state_dict(saver_state(tmp_path / "old", torch.tensor(0.5)))
    here = str(tmp_path / "new" / "best.ckpt")
    assert moved.best_model_score == 0.5 and moved.best_model_path == here
    assert moved.best_k_models == {here: 0.5}
