"""The one table of what every option of train.py is to a run, and that all who ask read it."""

import shutil

import pytest
import tiny_run
from omegaconf import OmegaConf
from score_tables import run
from tiny_run import equal_runs, fit, resume

from command.sweep import job_name
from options.run_options import (
    LEARNED,
    OPTIONS,
    PLACE,
    changeable,
    compared,
    flat,
    meaning,
    portable,
)
from reporting.tables.sweep import differing

CONF = tiny_run.ROOT / "conf"
MIXED = ("data", "trainer")  # what stands in them is placed option by option
PLACES = [
    "data_root",
    "cache",
    "jobs",
    "data.cache",
    "data.workers",
    "trainer.accelerator",
    "speech.train.x.root",
    "speech.train.x.licence",
    "noise.seen.crowds.speech.x.title",
    "task.tunes.root",
    "task.tunes.parts.oneill.licence",
]


def options_of_train() -> set[str]:
    """Every option of conf/train.yaml, of all its groups.

    Those of mixed ones by their whole names.
    """
    found = {"experiment"}
    for group in ("data", "trainer"):
        for choice in (CONF / group).glob("*.yaml"):
            cfg = tiny_run.config("train", [f"{group}={choice.stem}"], tiny_run.ROOT)
            found |= {str(name) for name in cfg if name not in MIXED}
            found |= {f"{name}.{option}" for name in MIXED for option in cfg[name]}
    return found


def test_every_option_of_train_is_in_the_table():
    """A new option must be placed.

    Does it name a run, tell it from others, may it change when the run is resumed?
    """
    assert options_of_train() <= {*OPTIONS}


def test_the_table_holds_nothing_that_is_no_option():
    known = options_of_train()
    assert {entry for entry in OPTIONS if "*" not in entry} - known <= {*MIXED}


@pytest.mark.parametrize("option", PLACES)
def test_where_and_with_what_a_run_works_names_nothing_and_tells_nothing_apart_and_may_change(
    option,
):
    assert meaning(option) == PLACE._replace(machine=meaning(option).machine)
    assert job_name([f"{option}=x", "seed=1"], []) == "seed-1"
    assert job_name([f"{option}=x", "seed=1"], [option]).startswith(
        f"{option}-x"
    )  # a sweep that goes through it
    nodes = [OmegaConf.from_dotlist([f"{option}={value}", "seed=1"]) for value in ("x", "y")]
    assert differing(dict(zip("ab", nodes, strict=True))).empty


@pytest.mark.parametrize(
    "option", ["network.hidden", "plan.snr_db.train", "data.batch_size", "of_tomorrow", "network"]
)
def test_what_decides_what_is_learned_names_a_run_tells_it_apart_and_stays(option):
    assert meaning(option) == LEARNED
    assert job_name([f"{option}=1"], []) == f"{option}-1"
    nodes = [OmegaConf.from_dotlist([f"{option}={value}"]) for value in ("1", "2")]
    assert differing(dict(zip("ab", nodes, strict=True))).columns.tolist() == [option]


def test_how_far_a_training_goes_is_told_and_may_change_but_names_nothing():
    for option in ("trainer.max_epochs", "trainer.limit_train_batches", "trainer.precision"):
        assert (meaning(option).names, meaning(option).compared, meaning(option).fixed) == (
            False,
            True,
            False,
        )


def test_what_may_change_is_listed_by_the_highest_names():
    assert {"trainer", "data.workers", "data_root"} <= {*changeable()}
    assert not [option for option in changeable() if option.startswith("trainer.")]


def test_how_older_configs_were_built_tells_nothing_apart():
    assert compared({"network": {"_partial_": True, "hidden": 4}}) == compared(
        {"network": {"hidden": 4}}
    )


def test_what_is_portable_names_no_place_and_no_start_and_is_the_same_once_more():
    corpus = {"_target_": "x.Folder", "root": "/data/x", "name": "x", "licence": "CC0"}
    config = {
        "seed": 0,
        "data_root": "/data",
        "start_from": "/runs/a",
        "trainer": {"max_epochs": 3, "accelerator": "cpu", "devices": 1},
        "recipe": {"stage_gains_db": {1: [], 2: [20]}, "loss": None},
        "noise": {"seen": {"crowds": {"speech": {"x": corpus}, "own": "/data/y"}}, "unseen": {}},
        "data": {"workers": 2, "cache": "none"},
    }
    told = portable(config)
    assert told == {
        "seed": 0,
        "trainer": {"max_epochs": 3},
        "recipe": {"stage_gains_db": {1: [], 2: [20]}, "loss": None},
        "noise": {
            "seen": {"crowds": {"speech": {"x": {"_target_": "x.Folder", "name": "x"}}}},
            "unseen": {},
        },
    }
    assert portable(told) == told


def test_options_are_flat_by_their_whole_names():
    node = {"a": {"b": [1, {"c": None}]}, "d": {}, "e": "x"}
    assert flat(node) == {"a.b.0": "1", "a.b.1.c": "", "d": "{}", "e": "x"}


def test_runs_that_nothing_but_their_stages_and_places_tells_apart_are_of_one_family():
    one, other = run(1), run(3)
    other.config.update({"jobs": 2, "data_root": "/elsewhere", "data": {"workers": 3}})
    assert one.but_for_stages == other.but_for_stages
    other.config.data.batch_size = 8
    assert one.but_for_stages != other.but_for_stages


@pytest.mark.parametrize("typed", [("data_root=",), ("+speech.train.folder.root=", "/speech")])
def test_a_run_goes_on_where_its_corpora_were_moved(data, whole, tmp_path, typed):
    """The whole of data_root, or one corpus of it."""
    option, below = typed[0], "".join(typed[1:])
    before = shutil.copytree(data, tmp_path / "before")
    started = fit(before, tmp_path / "run", f"cache={data / 'cache'}", "trainer.max_epochs=1")
    now = tmp_path / "now"
    if below:
        now.mkdir()
        shutil.move(before / "speech", now / "speech")
    else:
        shutil.move(before, now)
    assert equal_runs(resume(started, f"{option}{now}{below}", "trainer.max_epochs=3"), whole)
