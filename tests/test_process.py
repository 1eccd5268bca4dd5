"""A script as a process.

Streams that are closed or full, locales, signals; each in a small process of its own.
"""

import ast
import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from command import process
from files.table import read_table, write_tables

ROOT = Path(__file__).parent.parent
TORCH = Path(find_spec("torch").origin).parent
OPENMP = next(TORCH.glob("lib/libgomp*.so*"), None)
BEGIN = f"""
import os, signal, subprocess, sys, threading, time
sys.path.insert(0, {str(ROOT)!r})
from command import process
"""


def run(code: str, redirected: str = "", **environment: str) -> subprocess.CompletedProcess:
    """What a process that runs `code`, with its streams `redirected` by a shell, says and ends in."""
    command = ["bash", "-c", f'exec "$0" -c "$1" {redirected}', sys.executable, BEGIN + code]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, check=False
    )


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "0<&- >&- 2>&-"])
def test_closed_streams_do_not_end_the_work_nor_give_their_numbers_to_files(tmp_path, closed):
    done = run(
        f"""
process.streams()
with open({str(tmp_path / "file")!r}, "w") as file:
    print("to nobody"), print("to nobody", file=sys.stderr, flush=True)
    child = subprocess.run([sys.executable, "-c", "import sys; print('child', file=sys.stderr); print('child')"])
    file.write(f"{{file.fileno() > 2}} {{child.returncode}}")
""",
        closed,
    )
    assert done.returncode == 0
    assert (tmp_path / "file").read_text() == "True 0"


@pytest.mark.parametrize("redirected", [">/dev/full", "> >(true)"])
def test_what_nobody_takes_is_dropped_and_the_work_goes_on(redirected):
    done = run(
        """
process.streams()
time.sleep(0.1)
for line in range(3):
    print("x" * 70000, flush=True)
print("done", file=sys.stderr)
""",
        redirected,
    )
    assert (done.returncode, done.stderr) == (0, b"done\n")


def test_text_that_the_locale_cannot_write_is_written_as_escapes():
    done = run(
        "process.streams(); print('J\\u00fcrgen', '\\udcfc')", PYTHONIOENCODING="ascii:strict"
    )
    assert (done.returncode, done.stdout) == (0, rb"J\xfcrgen \udcfc" + b"\n")


def test_a_locale_of_ascii_alone_leads_to_utf_8(tmp_path):
    (tmp_path / "Jürgen").touch()
    code = f"process.in_utf8(); process.streams(); print(os.listdir({str(tmp_path)!r})[0], sys.stdout.encoding)"
    done = run(code, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.stdout.decode() == "Jürgen utf-8\n"


@pytest.mark.skipif(OPENMP is None, reason="this PyTorch has another OpenMP than GNU's")
@pytest.mark.parametrize(
    ("given", "spins"),
    [
        ({}, process.SPINS),
        ({"GOMP_SPINCOUNT": "77"}, 77),
        ({"OMP_WAIT_POLICY": "passive"}, 0),
    ],
)
def test_threads_of_pytorch_sleep_soon_unless_the_user_says_otherwise(given, spins, monkeypatch):
    """GNU's OpenMP prints its settings, as it took them from the environment."""
    # A script that ran in this process has set the first.
    for variable in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(variable, raising=False)
    code = f"process.sleep_soon(); import ctypes; ctypes.CDLL({str(OPENMP)!r})"
    done = run(code, OMP_DISPLAY_ENV="VERBOSE", **given)
    assert f"GOMP_SPINCOUNT = '{spins}'" in done.stderr.decode()


def test_names_that_are_no_utf_8_come_back_from_a_table(tmp_path):
    name = os.fsdecode(b"m\xfcller")
    write_tables(tmp_path, {"table.csv": pd.DataFrame([{"path": name, "source": "李"}])})
    read = read_table(tmp_path / "table.csv", {"path": str, "source": str}, "write it again")
    assert read.iloc[0].tolist() == [name, "李"]
    assert b"m\xfcller" in (tmp_path / "table.csv").read_bytes()


def test_text_files_are_read_and_written_in_utf_8():
    paths = [
        path for package in ROOT.glob("*/__init__.py") for path in package.parent.rglob("*.py")
    ]
    for path in [*paths, *ROOT.glob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            method = (
                getattr(getattr(call, "func", None), "attr", "")
                if isinstance(call, ast.Call)
                else ""
            )
            if method in ("read_text", "write_text"):
                named = {keyword.arg for keyword in call.keywords}
                assert {"encoding", None} & named, f"{path}:{call.lineno}"


ENDING = """
with process.signals():
    try:
        print("ready", flush=True)
        {work}
    except process.Ended as ended:
        {rest}
        print(ended, file=sys.stderr)
        raise SystemExit(ended.status)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGUSR1", "SIGHUP", "SIGXCPU"])
def test_a_signal_ends_a_script_in_one_line_and_128_and_its_number(name):
    default = "default_int_handler" if name == "SIGINT" else "SIG_DFL"
    # Whoever starts the tests may ignore it.
    begin = f"signal.signal(signal.{name}, signal.{default})\n"
    done = run(
        begin
        + ENDING.format(
            work=f"signal.raise_signal(signal.{name}); time.sleep(9)",
            rest="os.kill(os.getpid(), 15)",
        )
    )
    told = "interrupted" if name == "SIGINT" else f"ended by {name}"
    assert done.stderr.decode() == f"{told}; run the same command again to go on\n"
    assert done.returncode == 128 + signal.Signals[name]


def test_a_script_that_a_signal_ends_with_a_line_of_its_own_says_that_line_and_ends_with_1():
    """As a training does that was warned of its time limit before it had made a step."""
    code = "with process.signals():\n    try:\n        signal.raise_signal(10)\n"
    done = run(code + "    except process.Ended:\n        raise SystemExit('too short a limit')")
    assert (done.stderr.decode(), done.returncode) == ("too short a limit\n", 1)


def test_a_warning_that_comes_after_all_is_done_changes_nothing():
    warned = "signal.raise_signal(10); signal.raise_signal(12); print('left')"
    done = run(f"with process.at_the_end(), process.signals():\n    pass\n{warned}")
    assert (done.stdout, done.returncode) == (b"left\n", 0)


def test_a_script_that_does_not_come_to_its_end_is_ended():
    begin = "from parallel import ending; ending.PATIENCE_S = 0.2\n"
    done = run(begin + ENDING.format(work="signal.raise_signal(15)", rest="time.sleep(60)"))
    assert done.returncode == 143


DEFERRED = """
from parallel import ending
ending.PATIENCE_S = 0.2
with process.signals():
    ending.current().defer(lambda number: f"cut by {number}")
"""


def test_work_that_looks_itself_is_not_torn_but_ended_where_it_takes_too_long():
    noted = run(DEFERRED + "    signal.raise_signal(15); print(ending.current().number)")
    assert (noted.returncode, noted.stdout) == (0, b"15\n")
    cut = run(DEFERRED + "    signal.raise_signal(15); time.sleep(60)")
    assert (cut.returncode, cut.stderr) == (143, b"cut by 15\n")


def test_a_warning_sets_no_limit_and_the_signal_after_it_does():
    code = "    signal.raise_signal(10); time.sleep(0.5); print(0, flush=True)\n"
    done = run(DEFERRED + code + "    signal.raise_signal(15); time.sleep(60)")
    assert (done.returncode, done.stdout, done.stderr) == (143, b"0\n", b"cut by 15\n")


def test_a_signal_that_was_ignored_stays_so():
    begin = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    done = run(
        begin
        + ENDING.format(work="signal.raise_signal(signal.SIGHUP); print('goes on')", rest="pass")
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"ready\ngoes on\n", b"")


def test_signals_are_given_back():
    code = """
before = signal.getsignal(signal.SIGTERM)
with process.signals():
    assert signal.getsignal(signal.SIGTERM) != before
print(signal.getsignal(signal.SIGTERM) == before)
"""
    assert run(code).stdout == b"True\n"
