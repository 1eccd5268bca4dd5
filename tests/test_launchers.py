"""Jobs of a sweep as processes of their own: side by side, through submitit, back into a queue."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import forked
import pandas as pd
import pytest
import tiny_run
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.utils import instantiate

from command import watched
from command.jobs import Job
from command.process import Ended, signals
from command.side_by_side import run_side_by_side
from command.submitting import run_submitted
from command.sweep_table import SWEEP, settle
from command.time_limit import enough_time

LAUNCHERS = sorted((tiny_run.ROOT / "conf/hydra/launcher").glob("*.yaml"))
LEAVES_A_FILE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('x'); print('done')"
FAILS = "import sys; sys.exit('train.py: ' + sys.argv[2] + ': no such network')"
KILLED = "import os; os.kill(os.getpid(), 9)"


def job(folder: Path, name: str, code: str) -> Job:
    command = [sys.executable, "-S", "-c", code, str(folder / name), name]
    return Job(name, folder / name, [], command, {"CLARION_TEST": name})


@pytest.mark.parametrize("path", LAUNCHERS, ids=lambda path: path.stem)
def test_every_launcher_is_ready_to_be_chosen(path, tmp_path):
    from hydra import compose, initialize_config_dir

    with initialize_config_dir(str(tiny_run.ROOT / "conf"), version_base="1.3"):
        cfg = compose("train", [f"hydra/launcher={path.stem}"], return_hydra_config=True)
    assert cfg.hydra.launcher._target_ in Plugins.instance().class_name_to_class
    assert isinstance(instantiate(cfg.hydra.launcher), Launcher)


def test_a_job_that_fails_or_is_killed_side_by_side_ends_no_other(tmp_path, capfd):
    codes = {"a": FAILS, "b": KILLED, "c": LEAVES_A_FILE, "d": LEAVES_A_FILE}
    jobs = [job(tmp_path, name, code) for name, code in codes.items()]
    assert run_side_by_side(jobs, 2) == {"a": "", "b": "was killed (signal 9)"}
    assert (tmp_path / "c").exists() and (tmp_path / "d").exists()
    out, said = capfd.readouterr()
    assert sorted(out.splitlines()) == ["[3] done", "[4] done"]
    assert "[1] train.py: a: no such network\n" in said and "Job 4 of 4: d\n" in said


def test_a_signal_to_a_sweep_ends_the_jobs_that_run_and_begins_no_other(tmp_path):
    saves = (
        "import pathlib, signal, sys, time; place = pathlib.Path(sys.argv[1]);"
        "signal.signal(10, lambda *_: (place.write_text('saved'), sys.exit(138)));"
        "place.write_text('begun'); time.sleep(60)"
    )
    jobs = [job(tmp_path, name, saves) for name in "abc"]

    def ended_once_two_have_begun():
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.05)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGUSR1)

    threading.Thread(target=ended_once_two_have_begun, daemon=True).start()
    with signals(), pytest.raises(Ended, match="ended by SIGUSR1; run the same command again"):
        run_side_by_side(jobs, 2)
    saved = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert saved == {"a": "saved", "b": "saved"}


@pytest.mark.slow
def test_trainings_side_by_side_have_loader_workers_of_their_own_and_one_table(data, tmp_path):
    """As typed, in processes of their own: one fails, the other is trained, the end says so."""
    typed = ["-m", *tiny_run.overrides(data, tmp_path / "sweep"), "data.batch_size=-1,3"]
    more = ["trainer.max_epochs=1", "data.workers=1"]
    launcher = ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]
    sweep = forked.Script("train", tmp_path / "told", [*typed, *more, *launcher])
    assert sweep.wait() == 1
    told = sweep.told.read_text()
    lines = told.splitlines()
    assert lines[-1].startswith("train.py: 1 job(s) of the sweep failed, see above")
    assert told.count("failed, see above") == 1 and "Traceback" not in told
    assert sum(line.startswith("[2] trained: ") for line in lines) == 1
    table = pd.read_csv(tmp_path / "sweep" / SWEEP)
    assert dict(zip(table["data.batch_size"], table.state, strict=True)) == {
        -1: "failed",
        3: "trained",
    }
    assert table.run.tolist()[1] in {path.name for path in (tmp_path / "sweep").iterdir()}


def test_what_runs_no_more_is_not_running_in_the_table(tmp_path):
    (tmp_path / SWEEP).write_text("run,state,validation_loss,seconds,seed\na,running,,,0\n")
    settle(tmp_path, {"b": ["seed=1"]}, ["seed"])
    assert (tmp_path / SWEEP).read_text().splitlines()[1:] == ["a,interrupted,,,0", "b,failed,,,1"]


def test_a_launcher_whose_extra_is_missing_says_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(ValueError, match=r"submitit_local: needs the extra 'sweep'; pip install"):
        run_submitted([job(tmp_path, "a", KILLED)], "local", None, {})


def test_without_sbatch_that_is_said(tmp_path, monkeypatch):
    pytest.importorskip("submitit", reason="the extra 'sweep' is not installed")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="submitit_slurm: there is no sbatch here; type it where"):
        run_submitted([job(tmp_path, "a", KILLED)], "slurm", None, {})


def test_submitit_runs_jobs_in_this_environment_and_tells_what_failed(tmp_path):
    pytest.importorskip("submitit", reason="the extra 'sweep' is not installed")
    tells = (
        "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(os.environ['CLARION_TEST'])"
    )
    jobs = [job(tmp_path, "a", tells), job(tmp_path, "b", KILLED)]
    options = {"timeout_min": 5, "tasks_per_node": 1}
    assert run_submitted(jobs, "local", None, options) == {"b": "was killed (signal 9)"}
    assert (tmp_path / "a").read_text() == "a"


def test_an_option_that_submitit_lacks_is_refused_in_a_line(tmp_path):
    pytest.importorskip("submitit", reason="the extra 'sweep' is not installed")
    with pytest.raises(ValueError, match=r"hydra/launcher=submitit_local: .*of_tomorrow"):
        run_submitted([job(tmp_path, "a", KILLED)], "local", None, {"of_tomorrow": 1})


@pytest.fixture
def slurm(tmp_path, monkeypatch) -> Path:
    """A stand-in: squeue tells what stands in `state`, scontrol notes what it was asked for."""
    for name, line in (("squeue", "cat $FOLDER/state"), ("scontrol", 'echo "$@" >> $FOLDER/asked')):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
    monkeypatch.setenv("FOLDER", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setattr(watched, "UNTIL_KILLED_S", 0)
    handlers = {number: signal.getsignal(number) for number in watched.FORWARDED}
    yield tmp_path
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("status", "state", "asked"),
    [
        (143, "RUNNING", True),  # it has ended within its grace
        (143, "CANCELLED", False),
        (143, "TIMEOUT", False),
        (143, "", False),
        (0, "RUNNING", False),
        (1, "RUNNING", False),
    ],
)
def test_a_job_that_was_told_to_end_is_requeued_where_slurm_does_not_end_it(
    status, state, asked, slurm
):
    (slurm / "state").write_text(state)
    command = ["sh", "-c", f"exit {status}"]
    assert watched.Watched(command, {}, str(slurm), str(slurm))() == status
    requeued = (slurm / "asked").read_text() if asked else ""
    assert requeued == ("requeue 7\n" if asked else "") and asked == (slurm / "asked").exists()


def test_a_job_that_was_warned_of_its_time_limit_is_requeued_where_it_has_saved_something(slurm):
    (slurm / "state").write_text("RUNNING")
    (slurm / "checkpoints").mkdir()
    saves = ["sh", "-c", "touch checkpoints/within_epoch.ckpt; exit 140"]
    warned = watched.Watched(saves, {}, str(slurm), str(slurm))
    assert warned() == 140 and (slurm / "asked").exists()
    (slurm / "asked").unlink()
    warned.command = ["sh", "-c", "exit 140"]  # before a step
    assert warned() == 140 and not (slurm / "asked").exists()


@pytest.mark.parametrize("number", [signal.SIGUSR2, signal.SIGTERM])
def test_a_signal_to_a_watched_job_reaches_its_command(number, slurm, monkeypatch):
    monkeypatch.delenv("SLURM_JOB_ID")
    command = ["sh", "-c", f"trap 'exit 99' {int(number)}; touch begun; sleep 30 & wait"]

    def signalled():
        while not (slurm / "begun").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    threading.Thread(target=signalled, daemon=True).start()
    assert watched.Watched(command, {}, str(slurm), str(slurm))() == 99


@pytest.mark.parametrize(
    ("number", "saves", "raised"),
    [
        (signal.SIGUSR1, False, ValueError),
        (signal.SIGUSR2, False, ValueError),
        (signal.SIGUSR1, True, Ended),
        (signal.SIGTERM, False, Ended),  # pre-empted: not for its time
    ],
)
def test_a_time_limit_shorter_than_a_step_is_said_and_nothing_begins_anew(
    number, saves, raised, tmp_path
):
    (tmp_path / "checkpoints").mkdir()
    with pytest.raises(raised) as caught, enough_time(tmp_path):
        if saves:
            (tmp_path / "checkpoints/within_epoch.ckpt").touch()
        raise Ended(number)
    if raised is ValueError:
        assert "before it had made a step: its time limit leaves none" in str(caught.value)
