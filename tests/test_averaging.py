"""The moving average of a training's weights: what it is, what is judged by it, and what stays."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import pytorch_lightning as pl
import torch
from tiny_run import config, equal_runs, fit, interrupted_in, overrides, resume

from command.check import check
from command.train_schema import TrainConfig
from models.averaging import Averaging
from models.enhancement_learner import EnhancementLearner
from models.layouts import BEST, LAST
from models.run import load_run

DECAY = 0.75
TYPED = [f"recipe.averaging.decay={DECAY}"]


def content(path):
    return torch.load(path, weights_only=True)


def averaged(recorded, decay=DECAY):
    """The closed form over the weights after each step: the first begins it."""
    last = len(recorded) - 1
    shares = [decay**last]
    shares += [(1 - decay) * decay ** (last - step) for step in range(1, last + 1)]
    return {
        name: sum(share * weights[name] for share, weights in zip(shares, recorded, strict=True))
        for name in recorded[0]
    }


def floats(state):
    return {name: value.double() for name, value in state.items() if value.is_floating_point()}


def assert_close(state, expected):
    assert floats(state).keys() == expected.keys()
    for name, value in floats(state).items():
        torch.testing.assert_close(value, expected[name], atol=1e-6, rtol=1e-5, msg=name)


@contextmanager
def recording():
    """Weights after each step of the trainings within, and what validation is done with."""
    steps, validated = [], []

    def snapshot(module):
        return {name: value.clone() for name, value in module.state_dict().items()}

    def after_step(module, outputs, batch, index):
        steps.append(floats(snapshot(module)))

    def before_validation(module):
        validated.append(floats(snapshot(module)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EnhancementLearner, "on_train_batch_end", after_step)
        patch.setattr(EnhancementLearner, "on_validation_epoch_start", before_validation)
        yield SimpleNamespace(steps=steps, validated=validated)


@pytest.fixture
def recorded():
    """Of the trainings of this test."""
    with recording() as recorded:
        yield recorded


@pytest.fixture(scope="module")
def watched(data, tmp_path_factory):
    """A training with an average and its recorded weights; read only."""
    with recording() as recorded:
        run = fit(data, tmp_path_factory.mktemp("averaging") / "run", *TYPED)
    return run, recorded


@pytest.fixture(scope="module")
def averaging(watched):
    return watched[0]


def test_the_average_is_the_closed_form_of_the_weights_of_all_steps(watched):
    run, recorded = watched
    last = content(run / LAST)
    assert len(recorded.steps) == last["global_step"] == 15
    assert_close(last["state_dict"], averaged(recorded.steps))
    assert_close(last["current_model_state"], recorded.steps[-1])


def test_statistics_of_batch_norm_are_averaged_with_the_weights(watched):
    run, recorded = watched
    last = content(run / LAST)["state_dict"]
    statistics = [name for name in last if "running_" in name]
    expected = averaged(recorded.steps)
    assert statistics
    for name in statistics:
        torch.testing.assert_close(last[name].double(), expected[name], atol=1e-6, rtol=1e-5)
        assert not torch.allclose(last[name].double(), recorded.steps[-1][name])


def test_the_best_epoch_is_that_of_the_average_and_is_what_is_loaded(watched):
    run, recorded = watched
    best = content(run / BEST)
    assert_close(best["state_dict"], averaged(recorded.steps[: best["global_step"]]))
    enhancer = load_run(run)
    assert all(
        torch.equal(best["state_dict"][name], value)
        for name, value in enhancer.state_dict().items()
    )


def test_it_is_the_average_that_is_validated(watched):
    _, recorded = watched
    assert len(recorded.validated) == 3
    for epoch, weights in enumerate(recorded.validated, start=1):
        assert_close(weights, averaged(recorded.steps[: 5 * epoch]))


def test_an_average_has_the_precision_of_its_training(data, tmp_path, recorded):
    run = fit(data, tmp_path / "run", *TYPED, "trainer.precision=64-true")
    last = content(run / LAST)["state_dict"]
    for name, value in averaged(recorded.steps).items():
        assert last[name].dtype == torch.float64
        torch.testing.assert_close(last[name], value, atol=1e-13, rtol=1e-12)


def test_training_goes_on_with_the_weights_and_not_with_their_average(data, whole, averaging):
    trained, plain = content(averaging / LAST)["current_model_state"], content(whole / LAST)
    assert all(torch.equal(trained[name], value) for name, value in plain["state_dict"].items())


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_resumed_training_has_the_average_of_an_uninterrupted_one(
    data, averaging, tmp_path, monkeypatch, epochs
):
    run = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupted_in(patch, epochs)
        fit(data, run, *TYPED)
    assert equal_runs(resume(run), averaging)
    ours, theirs = (content(path / LAST)["current_model_state"] for path in (run, averaging))
    assert all(torch.equal(ours[name], value) for name, value in theirs.items())


def test_an_average_follows_steps_of_several_batches(data, tmp_path, recorded):
    run = fit(data, tmp_path / "run", *TYPED, "trainer.accumulate_grad_batches=5")
    assert content(run / LAST)["global_step"] == 3
    assert_close(content(run / LAST)["state_dict"], averaged(recorded.steps[4::5]))


def test_another_training_starts_from_the_average(data, averaging, tmp_path, monkeypatch):
    begun = {}

    def remember(module):
        begun.update({name: value.clone() for name, value in module.state_dict().items()})

    monkeypatch.setattr(EnhancementLearner, "on_fit_start", remember)
    fit(data, tmp_path / "run", f"start_from={averaging}", "trainer.max_epochs=1")
    best = content(averaging / BEST)["state_dict"]
    assert all(torch.equal(begun[name], value) for name, value in best.items())


def test_an_average_and_a_schedule_go_together_and_resume(data, tmp_path):
    typed = [*TYPED, "+schedule@recipe.schedule=warmup_cosine", "recipe.schedule.warmup_steps=2"]
    once = fit(data, tmp_path / "once", *typed, "trainer.max_epochs=2")
    run = tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupted_in(patch, 1)
        fit(data, run, *typed, "trainer.max_epochs=2")
    assert equal_runs(resume(run), once)


def test_what_does_not_change_stays_as_it_is_to_the_last_bit():
    torch.manual_seed(0)
    module, callback = pl.LightningModule(), Averaging(0.999)
    module.layer = torch.nn.Linear(100, 100)
    callback.setup(None, module, "fit")
    for step in range(1, 101):
        callback.on_train_batch_end(SimpleNamespace(global_step=step), module, None, None, step)
    checkpoint = {"state_dict": module.state_dict()}
    callback.on_save_checkpoint(None, module, checkpoint)
    assert torch.equal(checkpoint["state_dict"]["layer.weight"], module.layer.weight)
    assert checkpoint["averaging_state"]["n_averaged"] == 100


def test_a_run_without_an_average_has_its_weights_alone(whole):
    assert not {"current_model_state", "averaging_state"} & content(whole / LAST).keys()


@pytest.mark.parametrize("decay", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_decay_that_is_none_is_refused(decay):
    with pytest.raises(ValueError, match=rf"recipe\.averaging\.decay={decay}: must be between"):
        Averaging(decay)


@pytest.mark.parametrize("decay", ["0", "1", "1.5", "-0.1"])
def test_a_decay_that_is_none_is_refused_where_it_is_typed(data, tmp_path, decay):
    typed = overrides(data, tmp_path, f"recipe.averaging.decay={decay}")
    with pytest.raises(ValueError, match=r"recipe\.averaging\.decay"):
        check(config("train", typed, tmp_path), TrainConfig)
