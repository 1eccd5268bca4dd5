"""An interrupted training, taken up again, is the training that nothing interrupted."""

import shutil
import time

import forked
import pandas as pd
import pytest
import torch
from tiny_run import (
    curve,
    equal_runs,
    fit,
    interrupted_in,
    overrides,
    rendered,
    resume,
)

from models.enhancement_learner import EnhancementLearner
from models.layouts import BEST, LAST, ancestors


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_resumed_run_is_that_which_nothing_interrupted(data, whole, tmp_path, epochs):
    run = fit(data, tmp_path / "run", f"trainer.max_epochs={epochs}")
    assert equal_runs(resume(run, "trainer.max_epochs=3"), whole)


def test_a_run_resumed_with_workers_elsewhere_is_the_same(data, whole, tmp_path):
    moved = tmp_path / "moved"
    shutil.move(fit(data, tmp_path / "run", "trainer.max_epochs=1"), moved)
    assert equal_runs(resume(moved, "trainer.max_epochs=3", "data.workers=1"), whole)


def test_a_run_that_finished_no_epoch_is_resumed_from_the_start(data, whole, tmp_path, capfd):
    run = fit(data, tmp_path / "run", "trainer.max_epochs=1")
    shutil.rmtree(run / LAST.parent)
    capfd.readouterr()
    assert equal_runs(resume(run, "trainer.max_epochs=3"), whole)
    assert f"{run}: finished no epoch; it begins anew\n" in capfd.readouterr().err


def test_a_run_without_its_last_checkpoint_goes_on_from_its_best_one(data, whole, tmp_path, capfd):
    run = fit(data, tmp_path / "run", "trainer.max_epochs=2")
    (run / LAST).write_bytes((run / LAST).read_bytes()[:1000])
    shutil.copytree(run, tmp_path / "lost")
    (tmp_path / "lost" / LAST).unlink()
    capfd.readouterr()
    assert equal_runs(resume(run, "trainer.max_epochs=3"), whole)
    told = capfd.readouterr().err
    assert told.count(f"note: {run / LAST}: ") == 1
    assert f"; goes on from {BEST}\n" in told
    assert equal_runs(resume(tmp_path / "lost", "trainer.max_epochs=3"), whole)
    assert f"lost: has no {LAST}; goes on from {BEST}\n" in capfd.readouterr().err


def test_a_run_trained_on_one_kind_of_device_goes_on_with_another(data, whole, tmp_path):
    run = fit(data, tmp_path / "run", "trainer.max_epochs=1", "trainer.accumulate_grad_batches=1")
    path = run / ".hydra" / "config.yaml"
    path.write_text(
        path.read_text().replace("accelerator: cpu", "accelerator: gpu\n  strategy: ddp")
    )
    with pytest.raises(ValueError, match="trainer=cpu"):
        resume(run, "trainer.max_epochs=3")
    assert equal_runs(resume(run, "trainer=cpu", "trainer.max_epochs=3"), whole)


def test_mixtures_as_files_may_have_moved_when_a_run_is_resumed(
    data, whole, tmp_path, monkeypatch, command
):
    monkeypatch.chdir(tmp_path)
    route, _ = rendered(data, tmp_path / "mixtures")
    command(*overrides(data, command.folder, route, "data.folder=mixtures", "trainer.max_epochs=1"))
    monkeypatch.chdir("/")
    resume(command.folder, "trainer.max_epochs=2")
    shutil.move(tmp_path / "mixtures", tmp_path / "moved")
    moved = resume(command.folder, "trainer.max_epochs=3", f"data.folder={tmp_path / 'moved'}")
    assert equal_runs(moved, whole)


def test_a_resumed_run_of_short_epochs_goes_on_in_the_plan_and_cools_down(
    data, tmp_path, monkeypatch
):
    typed = ["recipe.steps_per_epoch=3", "recipe.cooldown_epochs=2"]
    whole, run = fit(data, tmp_path / "whole", *typed, "trainer.max_epochs=4"), tmp_path / "run"
    table = pd.read_csv(whole / "curve.csv")
    assert table.step.tolist() == [3, 6, 9, 12]
    assert table.learning_rate.tolist() == pytest.approx([0.001, 0.001, 0.001 * 2 / 3, 0.001 / 3])
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupted_in(patch, 2)
        fit(data, run, *typed, "trainer.max_epochs=40")
    assert equal_runs(resume(run, "trainer.max_epochs=4"), whole)


def test_a_run_starts_from_the_weights_of_another(data, whole, tmp_path):
    # At a learning rate of zero nothing moves but the statistics of batch norm.
    still = ["recipe.optimizer.lr=0", "target=iam", "trainer.max_epochs=1"]
    run = fit(data, tmp_path / "run", f"start_from={whole}", *still)
    ours, theirs = (
        torch.load(path / BEST, weights_only=True)["state_dict"] for path in (run, whole)
    )
    learned = [key for key in ours if "running_" not in key and "num_batches" not in key]
    assert learned and all(torch.equal(ours[key], theirs[key]) for key in learned)
    assert pd.read_csv(run / "curve.csv").epoch.tolist() == [0]
    third = fit(data, tmp_path / "third", f"start_from={run}", "trainer.max_epochs=1")
    assert len(ancestors(run)) == 1 and len(ancestors(third)) == 2
    for folder in ancestors(third):
        assert (folder / "speech.csv").read_bytes() == (whole / "speech.csv").read_bytes()


def test_resuming_goes_on_instead_of_starting_from_those_weights_again(data, whole, tmp_path):
    run = fit(data, tmp_path / "run", f"start_from={whole}", "trainer.max_epochs=1")
    once = fit(data, tmp_path / "once", f"start_from={whole}", "trainer.max_epochs=2")
    assert equal_runs(resume(run, "trainer.max_epochs=2"), once)


def test_a_run_is_resumed_without_the_one_whose_weights_it_began_with(data, whole, tmp_path):
    parent = shutil.copytree(whole, tmp_path / "parent")
    run = fit(data, tmp_path / "run", f"start_from={parent}", "trainer.max_epochs=1")
    kept = [(folder / "speech.csv").read_bytes() for folder in ancestors(run)]
    shutil.rmtree(parent)
    assert pd.read_csv(resume(run, "trainer.max_epochs=2") / "curve.csv").epoch.tolist() == [0, 1]
    assert [(folder / "speech.csv").read_bytes() for folder in ancestors(run)] == kept != []


def test_resuming_a_finished_run_changes_nothing(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    assert equal_runs(resume(run), whole)


def test_what_a_killed_writer_left_is_cleared(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    for folder in (run, run / "checkpoints"):
        (folder / ".unfinished-x").write_bytes(b"half")
    resume(run)
    assert not list(run.rglob(".unfinished-*"))


def test_numbers_drawn_in_training_do_not_depend_on_an_interruption(data, tmp_path, monkeypatch):
    drawn = []
    original = EnhancementLearner.training_step

    def drawing(module, batch, index):
        drawn.append((module.current_epoch, index, torch.rand(()).item()))
        return original(module, batch, index)

    monkeypatch.setattr(EnhancementLearner, "training_step", drawing)
    fit(data, tmp_path / "whole")
    expected = drawn.copy()
    drawn.clear()
    resume(fit(data, tmp_path / "run", "trainer.max_epochs=1"), "trainer.max_epochs=3")
    assert drawn == expected and len({number for *_, number in drawn}) == len(drawn)


def kill_after(epochs, run, *typed):
    """Start a training, and kill it without notice once it has finished `epochs`."""
    training = forked.Script("train", run.with_name("told"), [*typed])
    while training.is_running() and not (
        (run / LAST).exists() and len(curve(run).splitlines()) > epochs
    ):
        time.sleep(0.002)
    training.kill()


@pytest.mark.slow
def test_a_training_killed_twice_goes_on_as_if_nothing_had_happened(data, whole, tmp_path):
    run = tmp_path / "run"
    kill_after(1, run, *overrides(data, run))
    kill_after(2, run, f"resume={run}")
    assert equal_runs(resume(run), whole)


def test_the_rule_of_rises_acts_in_a_training_and_stays_stopped(data, tmp_path, monkeypatch):
    def scripted(module, batch, index):
        module.log("validation_loss", float(module.current_epoch), batch_size=1)

    monkeypatch.setattr(EnhancementLearner, "validation_step", scripted)
    typed = [
        "recipe.rule_of_rises.stop_after=4"
    ]  # rises from the second epoch on: the fifth after the sixth epoch
    whole = fit(data, tmp_path / "whole", *typed, "trainer.max_epochs=9")
    assert pd.read_csv(whole / "curve.csv").learning_rate.tolist() == [0.001] * 3 + [0.0005] * 3
    run = fit(data, tmp_path / "run", *typed, "trainer.max_epochs=2")
    for _ in range(2):  # the second finds it stopped
        assert equal_runs(resume(run, "trainer.max_epochs=9"), whole)


def test_an_interruption_tells_how_to_go_on(data, whole, tmp_path, monkeypatch):
    run = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt) as caught:
        interrupted_in(patch, 1)
        fit(data, run)
    assert str(caught.value) == f"interrupted; go on with resume={run}"
    assert equal_runs(resume(run), whole)
