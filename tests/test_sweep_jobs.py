"""Jobs of a sweep.

Each has a folder of its own, one that fails ends no other, the same sweep again does the rest.
"""

import itertools
import shutil

import pandas as pd
import pytest
from tiny_run import curve, overrides

from command import sweep_table
from command.sweep import LONGEST, job_name
from command.sweep_table import SWEEP, state_in
from models.layouts import LAST
from options.typed import typed


def test_a_job_is_named_by_what_was_typed_but_not_by_where_and_on_what_it_runs():
    typed = [
        "network=crnn",
        "target=tms",
        "data_root=/x",
        "trainer=gpu",
        "trainer.max_epochs=3",
        "start_from=/a/b",
    ]
    assert job_name(typed, []) == "network-crnn_target-tms"


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("experiment", ("timit", "librispeech")),
        ("trainer.max_epochs", ("1", "2")),
        ("start_from", ("/a/b", "/c/b")),
        ("+plan.snr_db.train", ("[1,2]", "[1,3]", "[12]")),
        ("x", ("a b", "a-b", "a_b", "a/b", "a.b", "A.B", "ä", "")),
        ("network", ("a" * 300, "a" * 299 + "b")),
        ("~x", ("1", "2")),
    ],
)
def test_two_values_make_two_names_that_every_file_system_and_shell_takes(option, values):
    names = [job_name([f"{option}={value}", "seed=1"], [option.lstrip("+~")]) for value in values]
    assert len(set(names)) == len(values)
    for name in names:
        assert len(name.encode()) <= LONGEST + 9 and "/" not in name and name not in (".", "..")
        assert typed("resume", name) == f"resume={name}"


def test_names_do_not_depend_on_the_order_of_options_and_begin_with_what_is_gone_through():
    typed = ["a=1", "b=2", "c=3"]
    assert {job_name(order, ["c"]) for order in itertools.permutations(typed)} == {"c-3_a-1_b-2"}


def test_many_options_make_a_name_that_can_be_a_folder(tmp_path):
    (tmp_path / job_name([f"plan.option_number_{i}=[1,2,3]" for i in range(40)], [])).mkdir()


STATES = {-1: "failed", 4: "trained", 8: "trained"}  # by network.hidden


def test_a_job_that_fails_ends_no_other_and_the_same_sweep_again_does_the_rest(
    data, command, capfd
):
    typed = [
        "-m",
        *overrides(data, command.folder),
        "trainer.max_epochs=1",
        "network.hidden=-1,4,8",
    ]
    line = command.refused(*typed)
    assert "1 job(s) of the sweep failed" in line
    out, told = capfd.readouterr()
    assert out.count("\ntrained: ") == 2
    (failed,) = (line for line in told.splitlines() if line.startswith("train.py: "))
    assert failed.startswith("train.py: network.hidden--1_")
    assert "network.hidden=-1: must be a multiple of 4" in failed
    table = pd.read_csv(command.folder / "sweep.csv")
    assert list(table) == ["run", "state", "validation_loss", "seconds", "network.hidden"]
    assert dict(zip(table["network.hidden"], table.state, strict=True)) == STATES
    assert (table.validation_loss.notna() == (table.state == "trained")).all()
    first, second = sorted(folder for folder in command.folder.iterdir() if folder.is_dir())
    assert {first.name, second.name} < {*table.run}
    before = curve(first)
    shutil.rmtree(second / LAST.parent)  # as if it had been killed in its first epoch
    as_killed = table.replace({"state": {"trained": "running"}})
    as_killed.to_csv(command.folder / "sweep.csv", index=False)
    command.refused(*typed[:-1], "network.hidden=-1,8")
    states = pd.read_csv(command.folder / "sweep.csv").set_index("network.hidden").state
    assert states.to_dict() == {**STATES, 4: "interrupted"}
    command.refused(*typed[:-1], "network.hidden=-1,4")
    out, _ = capfd.readouterr()
    assert out.count("was trained before: ") == 1 and out.count("\ntrained: ") == 1
    assert curve(first) == before and (second / LAST).exists()


def test_a_job_that_imports_is_running_in_the_table_whoever_else_writes_it(tmp_path):
    rows = pd.DataFrame({"run": ["a", "b"], "state": ["running", "running"]})
    rows.to_csv(tmp_path / SWEEP, index=False)
    with sweep_table._running(tmp_path, "a"):
        sweep_table.settle(tmp_path, {}, None)
        assert [state_in(tmp_path, name) for name in "ab"] == ["running", "interrupted"]
    sweep_table.settle(tmp_path, {}, None)
    assert state_in(tmp_path, "a") == "interrupted"
    assert {path.name for path in tmp_path.iterdir()} == {SWEEP, sweep_table.LOCK}


def test_a_sweep_into_the_folder_of_another_is_refused_job_by_job_naming_what_differs(
    data, command, capfd
):
    typed = [
        "-m",
        *overrides(data, command.folder),
        "trainer.max_epochs=1",
        "network.hidden=4",
        "hydra.sweep.subdir=a",
    ]
    command(*typed)
    capfd.readouterr()
    command.refused(*typed, "seed=1")
    assert "was begun with another seed; choose another output" in capfd.readouterr().err
