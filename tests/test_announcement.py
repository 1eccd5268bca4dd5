"""train.py says what it is about to do before it loads anything, and what comes next."""

import shlex
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
import tiny_run
import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf, open_dict

from command.announcement import announce, say_next
from command.started import Started
from datagen.datamodule import PlanData


def said(capsys):
    return capsys.readouterr().err


def test_what_is_trained_is_said_by_what_was_chosen(tmp_path, capsys):
    run = tmp_path / "run"
    tiny_run.config("train", ["network=crnn", "target=iam"], run)
    announce(run, False)
    line = said(capsys)
    assert line.startswith("Trains task=enhancement network=crnn target=iam level=running ")
    assert line.endswith(f" into {run}\n")
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        (["-m", "network=crnn,pl_crnn", "target=tms,iam", "recipe=brief"], 4),
        (["-m", "network=crnn,pl_crnn", "target=tms,iam", "seed=range(0,3)"], 12),
        (["-m", "network=crnn", "target=tms"], 2),  # as many as this one's number says at least
    ],
)
def test_a_job_of_a_sweep_says_which_of_how_many_it_is(typed, count, tmp_path, capsys, monkeypatch):
    tiny_run.config("train", ["network=crnn", "target=iam", "recipe=brief"], tmp_path)
    hydra = HydraConfig.get()
    OmegaConf.set_readonly(hydra, False)
    with open_dict(hydra):
        hydra.job.num = 1
        hydra.sweeper.params = {"target": "tms,iam"} if count == 2 else None
    monkeypatch.setattr(sys, "argv", ["train.py", *typed])
    announce(tmp_path, False)
    first = said(capsys).strip().splitlines()[0]
    if count == 2:  # what was typed stands instead of what the experiment goes through
        assert first == "Job 2:"
    else:
        assert first == f"Job 2 of {count}: network=crnn target=iam"


def test_a_resumed_training_is_named(tmp_path, capsys):
    tiny_run.config("train", [f"resume={tmp_path}"], tmp_path)
    announce(tmp_path, True)
    assert said(capsys) == f"Goes on with {tmp_path}\n"


def test_the_next_commands_can_be_pasted_whatever_the_run_is_called(tmp_path, capsys):
    run = tmp_path / "a run, [one]"
    say_next(run, ["evaluate", "enhance"])
    evaluate, enhance = (shlex.split(line)[2:] for line in said(capsys).splitlines())
    cfg = tiny_run.config("evaluate", evaluate[1:], tmp_path)
    assert cfg.runs == [str(run)]
    cfg = tiny_run.config("enhance", enhance[1:], tmp_path)
    assert cfg.run == str(run)


def test_before_the_first_step_stands_how_large_a_training_is(capsys):
    rows = pd.DataFrame({"split": ["train", "train", "validation"], "length": [8000 * 1800] * 3})
    plan = SimpleNamespace(split=lambda name: rows[rows.split == name])
    trainer = SimpleNamespace(
        is_global_zero=True,
        strategy=SimpleNamespace(root_device=torch.device("cpu")),
        world_size=1,
        current_epoch=1,
        max_epochs=3,
        num_training_batches=4,
        datamodule=PlanData(plan, len, sample_rate=8000),
    )
    module = SimpleNamespace(network=torch.nn.Linear(999, 1))
    Started().on_train_start(trainer, module)
    assert said(capsys).splitlines() == [
        "1,000 parameters on cpu; 2 mixtures of train (1.00 h), 1 mixtures of validation (0.50 h)",
        "3 epochs, 1 of them done, each of 4 steps",
    ]
