"""How a training ends is said, and what it leaves is a whole run."""

import shutil

import pandas as pd
import pytest
import torch
from tiny_run import equal_runs, fit, resume

from models.layouts import BEST, LAST
from models.run import load_run


def last_line(capfd):
    return capfd.readouterr().out.splitlines()[-1]


def test_a_run_that_had_all_of_its_epochs_says_so(whole, tmp_path, capfd):
    run = shutil.copytree(whole, tmp_path / "run")
    resume(run)
    assert last_line(capfd).startswith(
        f"was trained before: {run}, all 3 epochs; trainer.max_epochs=N"
    )


def test_a_run_that_the_rule_of_rises_stopped_says_so_each_time(data, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(
        "models.learner.Learner.validation_step",
        lambda module, batch, index: module.log(
            "validation_loss", float(module.current_epoch), batch_size=1
        ),
    )
    run = fit(data, tmp_path / "run", "recipe.rule_of_rises.stop_after=0")
    told = last_line(capfd)
    assert (
        "of 3 epochs: the validation loss rose more than recipe.rule_of_rises.stop_after=0 times"
        in told
    )
    resume(run)
    assert last_line(capfd) == told.replace("trained: ", "was trained before: ")


def test_a_time_limit_cuts_no_epoch_and_counts_anew_when_resumed(data, whole, tmp_path, capfd):
    run = fit(data, tmp_path / "run", "trainer.max_time={milliseconds:1}")
    assert last_line(capfd) == f"trainer.max_time is up after epoch 1 of 3; go on with resume={run}"
    resume(run, "trainer.max_time={milliseconds:1}")
    assert last_line(capfd).startswith("trainer.max_time is up after epoch 2 of 3")
    assert equal_runs(resume(run, "trainer.max_time={hours:1}"), whole)
    assert last_line(capfd) == f"trained: {run}"


def test_an_epoch_that_was_not_validated_has_no_validation_loss_and_is_not_the_best(
    data, whole, tmp_path, capfd
):
    run = fit(data, tmp_path / "run", "trainer.check_val_every_n_epoch=2")
    table, every = (pd.read_csv(folder / "curve.csv") for folder in (run, whole))
    assert table.validation_loss.isna().tolist() == [True, False, True]
    assert table.validation_loss[1] == every.validation_loss[1] and table.train_loss.equals(
        every.train_loss
    )
    assert torch.load(run / BEST, weights_only=True)["epoch"] == 1
    epochs = [line for line in capfd.readouterr().out.splitlines() if line.startswith("epoch ")]
    assert [line.count("validation loss") for line in epochs] == [0, 1, 0]


@pytest.mark.parametrize("precision", ["bf16-mixed", "64-true"])
def test_every_precision_that_is_allowed_ends_in_a_run(data, tmp_path, precision):
    run = fit(data, tmp_path / "run", f"trainer.precision={precision}", "trainer.max_epochs=1")
    assert torch.isfinite(load_run(run).enhance(torch.rand(1, 4000))).all()
    assert resume(run, "trainer.max_epochs=2") and (run / LAST).exists()


def test_a_checkpoint_of_another_training_in_the_current_folder_is_not_loaded(
    data, whole, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    other = fit(data, tmp_path / "other", "seed=1", "trainer.max_epochs=2")
    shutil.copy(
        other / LAST, tmp_path / "hpc_ckpt_1.ckpt"
    )  # what Lightning writes there when SLURM warns it
    for name, value in {
        "NTASKS": 1,
        "NTASKS_PER_NODE": 1,
        "PROCID": 0,
        "LOCALID": 0,
        "NODEID": 0,
        "JOB_ID": 7,
    }.items():
        monkeypatch.setenv(f"SLURM_{name}", str(value))
    assert equal_runs(fit(data, tmp_path / "run"), whole)
    assert equal_runs(
        resume(fit(data, tmp_path / "two", "trainer.max_epochs=2"), "trainer.max_epochs=3"), whole
    )
