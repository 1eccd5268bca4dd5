"""A training that is killed or told to end at any step goes on as if nothing had happened."""

import os
import re
import shutil
import signal

import numpy as np
import pytest
from forked import Training, killed_after, pair
from tiny_run import config, equal_runs, fit, overrides, resume

import train
from models.layouts import LAST, WITHIN
from models.training import Curve

AUTO = ("resume=auto", "data.workers=1")
ALWAYS = "checkpoint_minutes=0"


@pytest.fixture
def told(tmp_path):
    return tmp_path / "told"


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def typed(data, run):
    return overrides(data, run, *AUTO)


def test_a_training_killed_ten_times_is_that_which_nothing_interrupted(typed, whole, run, told):
    rng = np.random.default_rng(0)
    for kill in range(10):
        training = Training(told, [*typed, ALWAYS])
        # Of its steps one or two at a time, so that it comes through all of them.
        assert killed_after(training, 1 + kill % 2, rng.uniform(0, 0.02)), told.read_text()
    assert (run / WITHIN).exists()
    assert Training(told, [*typed, ALWAYS]).wait() == 0
    assert equal_runs(run, whole)
    assert not (run / WITHIN).exists()


def test_a_signal_ends_it_after_the_step_under_way_in_one_line(typed, whole, run, told):
    for number, what in ((15, "ended by SIGTERM"), (2, "interrupted")):
        training = Training(told, typed)
        assert training.step() and training.step()
        training.send(number)
        assert training.wait() == 128 + number
        line = told.read_text().splitlines()[-1]
        assert re.fullmatch(rf"train\.py: {what} at step \d+; the same command goes on", line)
        assert (run / WITHIN).exists()
    assert Training(told, typed).wait() == 0
    assert equal_runs(run, whole)


def test_a_validation_that_a_signal_ends_begins_anew(data, typed, tmp_path, run, told):
    averaged = ["recipe.averaging.decay=0.5", "trainer.max_epochs=1"]

    def ended(module, batch, index):
        os.kill(os.getpid(), signal.SIGUSR1)

    training = Training(told, [*typed, *averaged], validation=ended)
    assert training.wait() == 128 + signal.SIGUSR1
    fit(data, run, *averaged, "resume=auto")
    assert equal_runs(run, fit(data, tmp_path / "whole", *averaged))


def test_an_epoch_without_validation_that_was_killed_at_its_end_ends_once(
    data, tmp_path, run, monkeypatch
):
    every = "trainer.check_val_every_n_epoch=3"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Curve, "on_train_epoch_end", killed)
        fit(data, run, every, ALWAYS)
    assert equal_runs(resume(run), fit(data, tmp_path / "whole", every))


def killed(*_):
    raise KeyboardInterrupt


def test_two_processes_end_and_go_on_as_one(data, typed, run, told, tmp_path):
    short = ["trainer.max_epochs=2", "data.workers=0"]
    both = [*typed, *short, "trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
    elsewhere = [*both, f"output={tmp_path / 'whole'}"]
    assert [process.wait() for process in pair(told, elsewhere)] == [0, 0]
    first, second = pair(told, both)
    assert first.step() and first.step()
    for process in (first, second):
        process.send(signal.SIGTERM)
    assert (first.wait(), second.wait()) == (143, 143)
    assert " at step " in told.with_name("told0").read_text()
    assert told.with_name("told1").read_text() == ""
    assert [process.wait() for process in pair(told, both)] == [0, 0]
    assert equal_runs(run, tmp_path / "whole")


def test_a_process_that_is_killed_ends_the_other_in_a_line(typed, told):
    both = [*typed, "data.workers=0", "trainer.max_epochs=99"]
    both += ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
    first, second = pair(told, both)
    assert killed_after(second, 2, 0.0)
    assert first.wait() == 1
    (line,) = [line for line in told.with_name("told0").read_text().splitlines() if "end" in line]
    assert re.fullmatch(
        r"train.py: another process of this training has ended, see what it says; the same .*", line
    )


def test_a_checkpoint_cut_short_is_passed_over_for_the_other_one(whole, run, capfd):
    shutil.copytree(whole, run)
    content = (whole / LAST).read_bytes()
    (run / WITHIN).write_bytes(content[: len(content) // 2])
    assert equal_runs(resume(run), whole)
    assert re.search(rf"note: {run / WITHIN}: .*; goes on from {LAST}\n", capfd.readouterr().err)
    shutil.move(run / LAST, run / WITHIN)
    (run / LAST).write_bytes(content[:1000])
    resume(run)
    assert f"goes on from {WITHIN}" in capfd.readouterr().err


def test_a_training_killed_between_its_first_best_and_last_checkpoint_begins_anew(
    data, typed, whole, run
):
    fit(data, run, "trainer.max_epochs=1")
    (run / LAST).unlink()
    assert equal_runs(fit(data, run, "resume=auto"), whole)


def test_auto_does_nothing_where_a_training_is_finished(data, whole, run, tmp_path, capfd):
    shutil.copytree(whole, run)
    shutil.rmtree(run / "tensorboard")
    gone = fit(tmp_path / "no_data", run, "resume=auto", f"cache={tmp_path}")
    assert capfd.readouterr().out.startswith(f"was trained before: {run}, all 3 epochs")
    assert equal_runs(gone, whole) and not (run / "tensorboard").exists()


def test_auto_refuses_a_run_of_other_options_naming_them(data, whole, run):
    shutil.copytree(whole, run)
    with pytest.raises(ValueError, match=r"was begun with another network\.hidden, seed; choose"):
        fit(data, run, "resume=auto", "seed=1", "network.hidden=5")


def test_auto_is_refused_where_the_folder_is_another_one_each_time(run):
    with pytest.raises(ValueError, match=r"resume=auto: .* without output=DIR there is none"):
        train.main(config("train", ["resume=auto"], run))


def test_a_second_training_in_a_folder_is_refused_while_the_first_lives(typed, run, told):
    first = Training(told, typed)
    assert first.step()
    first.send(signal.SIGSTOP)  # or it might end before the second one begins
    second = Training(told.with_name("second"), typed)
    assert second.wait() == 1
    assert "another process works there" in told.with_name("second").read_text()
    first.kill()
