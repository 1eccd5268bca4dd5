"""Runs of older versions: their configs are read in today's words."""

import importlib
import shutil
from pathlib import Path

import pytest
import tiny_run
import torch
from omegaconf import OmegaConf
from tiny_run import equal_runs, overrides, resume

from command.resume import taken_up
from models.run import load_run
from options.older import MEANT, TARGETS, upgraded


@pytest.mark.parametrize(("then", "now"), TARGETS.items())
def test_every_name_of_today_is_there_and_every_older_one_is_gone(then, now):
    for name, is_there in ((then, False), (now, True)):
        module, _, thing = name.rpartition(".")
        assert hasattr(importlib.import_module(module), thing) is is_there


def test_nested_corpora_are_upgraded_too_and_the_rest_is_left_alone():
    speech = {
        "_target_": "datagen.corpora.librispeech.librispeech",
        "_partial_": True,
        "subsets": ["train-clean-100"],
    }
    crowds = {
        "_target_": "datagen.corpora.synthetic.crowds",
        "_partial_": True,
        "speech": {"one": speech},
    }
    others = {
        "optimizer": {"_target_": "torch.optim.Adam", "lr": 1e-3},
        "seed": 3,
        "gains": [1, {"a": None}],
    }
    adam = {"optimizer": {**others["optimizer"], "_partial_": True}}
    older = {"noise": {"seen": {"crowds": crowds}}, **others, **adam}
    assert upgraded(OmegaConf.create(older)) == {
        "noise": {
            "seen": {
                "crowds": {
                    "_target_": "datagen.corpora.synthetic.Crowds",
                    "speech": {
                        "one": {
                            "_target_": "datagen.corpora.librispeech.LibriSpeech",
                            "subsets": ["train-clean-100"],
                        }
                    },
                }
            }
        },
        **others,
    }


@pytest.mark.parametrize("option", MEANT)
def test_what_an_older_run_could_not_say_is_said_for_it_as_conf_has_it(option, tmp_path):
    today = tiny_run.config("train", [], tmp_path)
    choice, _, name = option.rpartition(".")
    before = OmegaConf.create(OmegaConf.to_container(today, resolve=True))
    OmegaConf.select(before, choice).pop(name)
    assert OmegaConf.select(upgraded(before), option) == OmegaConf.select(today, option)
    assert OmegaConf.select(today, option) == MEANT[option]


def aged(run: Path) -> None:
    """Write the config of `run` as it was before every choice was a class."""
    path = run / ".hydra" / "config.yaml"
    text = path.read_text()
    for then, now in TARGETS.items():
        text = text.replace(f"{now}\n", f"{then}\n")
    path.write_text(text)
    config = OmegaConf.load(path)
    for option in MEANT:
        choice, _, name = option.rpartition(".")
        OmegaConf.select(config, choice).pop(name)
    config.task.pop("attenuation_limit_db")
    corpora = []
    for role in (*config.speech.values(), *config.noise.values()):
        corpora.extend(role.values())
    for node in [*corpora, config.data.route, config.network, config.recipe.optimizer]:
        node._partial_ = True
    for node in corpora:
        node.category = node.pop("kind")
        node.pop("sex")
    path.write_text(OmegaConf.to_yaml(config))


def test_a_run_of_before_is_resumed_to_what_an_uninterrupted_one_gives(data, whole, tmp_path):
    run = tiny_run.fit(data, tmp_path / "run", "trainer.max_epochs=2")
    aged(run)
    resume(run, "trainer.max_epochs=3")
    assert equal_runs(run, whole)


def test_a_run_of_before_is_loaded_with_its_weights(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    aged(run)
    before = load_run(whole).state_dict()
    now = load_run(run).state_dict()
    assert now.keys() == before.keys()
    for name, value in before.items():
        assert torch.equal(now[name], value)


def test_a_job_of_a_sweep_goes_on_in_the_run_that_it_had_begun_before(whole, data, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    aged(run)
    cfg = tiny_run.config("train", overrides(data, run), run)
    assert taken_up(cfg, run).resume == str(run)
