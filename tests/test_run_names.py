"""Runs are called by network and target, and by what else differs."""

from pathlib import Path

import pytest
import tiny_run
from omegaconf import OmegaConf

from options.choices import CONF, chosen, title
from options.run_options import flat
from reporting.tables.run_names import run_names


def runs(*typed):
    """Configs of trainings, in folders by what was typed for each."""
    configs = {}
    for number, item in enumerate(typed):
        folder = Path(f"{number}/{item.replace(' ', '_')}")
        configs[folder] = tiny_run.config("train", item.split(), tiny_run.ROOT)
    return configs


def test_runs_are_called_as_papers_call_them():
    typed = ("network=pl_dnn target=iam", "network=scrnn target=tms", "network=unet target=iam")
    assert run_names(runs(*typed)) == ["PL-DNN IAM", "SCRNN TMS", "UNet IAM"]


def test_what_network_and_target_do_not_tell_apart_has_what_differs_behind_it():
    typed = ("network=pl_crnn target=iam", "network=pl_crnn/q5 target=iam", "network=crnn")
    assert run_names(runs(*typed)) == ["PL-CRNN IAM, stages=3", "PL-CRNN IAM, stages=5", "CRNN TMS"]
    rates = (
        "recipe.optimizer.lr=0.01",
        "recipe.optimizer.lr=0.02 data.batch_size=${recipe.batch_size}",
    )
    assert run_names(runs(*rates)) == ["PL-CRNN TMS, lr=0.01", "PL-CRNN TMS, lr=0.02"]


def test_equal_runs_and_those_of_taken_names_are_told_apart_by_their_folders():
    alike = runs("seed=1", "seed=1")
    assert run_names(alike) == ["PL-CRNN TMS (0/seed=1)", "PL-CRNN TMS (1/seed=1)"]
    assert run_names(runs("seed=1"), ["PL-CRNN TMS"]) == ["PL-CRNN TMS (seed=1)"]


def test_a_run_whose_network_has_no_options_is_called_by_its_task():
    config = OmegaConf.create({"task": {"_target_": "tasks.levelling.Levelling", "taps": 9}})
    assert run_names({Path("run"): config}) == ["Levelling"]


def test_names_may_be_given():
    configs = runs("seed=1", "seed=2")
    assert run_names(configs, ["mixture"], ["one", "other"]) == ["one", "other"]
    for given, said in (
        (["one"], "1 for 2 runs.* in the order of seed=1, seed=2"),
        (["a", "a"], "a is"),
    ):
        with pytest.raises(ValueError, match=f"names: {said}"):
            run_names(configs, ["mixture"], given)
    with pytest.raises(ValueError, match="names: there are no runs to name; add runs="):
        run_names({}, ["mixture"], ["one"])


@pytest.mark.parametrize("group", ["network", "target"])
def test_every_option_is_known_by_what_it_says(group):
    for path in (CONF / group).glob("*.yaml"):
        cfg = tiny_run.config("train", [f"{group}={path.stem}"], tiny_run.ROOT)
        node = OmegaConf.to_container(cfg[group])
        assert chosen(group, node) == path.stem
        assert title(group, node).lower().replace("-", "_") == path.stem
        assert set(flat(node)) and title(group, {**node, "of_another_version": 1}) == title(
            group, node
        )


def test_a_class_that_no_option_names_is_called_by_its_own_name():
    assert title("network", {"_target_": "of.another.Network"}) == "Network"
