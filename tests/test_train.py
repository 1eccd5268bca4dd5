"""Training as a user starts it: run folders, three routes to one curve, what a person sees."""

import itertools
import subprocess
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from tiny_run import curve, equal_runs, fit, overrides, rendered, script

from datagen.datamodule import PlanData
from datagen.dataset import Mixed
from datagen.plan import Plan
from models.layouts import BEST, LAST


def test_a_run_folder_holds_config_checkpoints_curve_and_events(whole):
    files = {path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file()}
    events = {name for name in files if name.startswith("tensorboard/events.out.tfevents")}
    assert len(events) == 1
    assert files - events - {"tensorboard/hparams.yaml"} == {
        "SHA256SUMS",
        ".hydra/config.yaml",
        ".hydra/overrides.yaml",
        "checkpoints/best.ckpt",
        "checkpoints/last.ckpt",
        "curve.csv",
        "noise.csv",
        "plan.csv",
        "speech.csv",
        "times.csv",
    }


def test_the_curve_falls_and_counts_epochs_and_steps(whole):
    table = pd.read_csv(whole / "curve.csv")
    assert table.epoch.tolist() == [0, 1, 2] and table.learning_rate.tolist() == [0.001] * 3
    assert table.step.diff().dropna().nunique() == 1
    assert (table.train_loss.diff().dropna() < 0).all() and (
        table.validation_loss.diff().dropna() < 0
    ).all()


def test_the_same_seed_gives_the_same_run_and_another_another(data, whole, tmp_path):
    assert equal_runs(fit(data, tmp_path / "again"), whole)
    assert curve(fit(data, tmp_path / "other", "seed=1", "trainer.max_epochs=1")) not in curve(
        whole
    )


def test_the_order_of_batches_changes_from_epoch_to_epoch(data, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "models.learner.Learner.on_train_batch_start",
        lambda _, batch, i: seen.append(float(batch["clean"].sum())),
    )
    fit(data, tmp_path / "run")
    epochs = [seen[len(seen) * i // 3 : len(seen) * (i + 1) // 3] for i in range(3)]
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]


@pytest.mark.parametrize("route", [("data.workers=2",), ("data=device",), ("data=resident",)])
def test_routes_and_workers_lead_to_one_curve(data, whole, tmp_path, route):
    assert equal_runs(fit(data, tmp_path / "run", *route), whole)


def test_rendered_mixtures_lead_to_the_same_curve(data, whole, tmp_path):
    assert equal_runs(fit(data, tmp_path / "run", *rendered(data, tmp_path)), whole)


def test_one_batch_is_learned_by_heart(data, tmp_path):
    typed = [
        "plan.train=3",
        "network.channels=[8,8,8,8]",
        "recipe.optimizer.lr=0.02",
        "recipe.steps_per_epoch=10",
        "trainer.max_epochs=6",
    ]
    table = pd.read_csv(fit(data, tmp_path / "run", *typed) / "curve.csv")
    assert table.train_loss.iloc[-1] < 0.1 * table.train_loss.iloc[0]


def test_best_is_the_epoch_of_least_validation_loss(data, tmp_path, monkeypatch):
    losses = [3.0, 2.0, 1.0, 2.0]
    monkeypatch.setattr(
        "models.learner.Learner.validation_step",
        lambda module, batch, index: module.log(
            "validation_loss", losses[module.current_epoch], batch_size=1
        ),
    )
    run = fit(data, tmp_path / "run", "trainer.max_epochs=4")
    assert pd.read_csv(run / "curve.csv").validation_loss.tolist() == losses
    assert torch.load(run / BEST, weights_only=True)["epoch"] == 2
    assert torch.load(run / LAST, weights_only=True)["epoch"] == 3


@pytest.mark.slow
def test_several_processes_share_the_rows(data, tmp_path):
    run = tmp_path / "run"
    typed = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2", "data.max_padding=0.9"]
    process = script("train", *overrides(data, run, *typed), stdout=subprocess.PIPE)
    assert process.communicate()[0].count("trained: ") == 1 and process.returncode == 0
    table = pd.read_csv(run / "curve.csv")
    assert table.step.tolist() == [4, 8, 12]  # they share each of the 4 batches
    assert (table.train_loss.diff().dropna() < 0).all()
    assert f"output: {run}\n" in (run / ".hydra" / "config.yaml").read_text()


def test_a_person_sees_a_line_on_the_data_one_per_epoch_and_where_the_run_is(data, tmp_path, capfd):
    run = fit(data, tmp_path / "run", "trainer.max_epochs=2")
    out, told = capfd.readouterr()
    heard, first, second, last = out.splitlines()
    assert heard.startswith("data: ")
    assert first.startswith("epoch 1 of 2: train loss ") and second.startswith(
        "epoch 2 of 2: train loss "
    )
    assert last == f"trained: {run}"
    announced = [line.split()[0] for line in told.splitlines()]
    assert announced == ["Trains", "18,865", "2", "Next:", "Next:"]


def test_the_progress_can_be_switched_off(data, tmp_path, capfd):
    run = fit(data, tmp_path / "run", "trainer.max_epochs=1", "trainer.enable_progress_bar=false")
    assert capfd.readouterr().out.splitlines()[1:] == [f"trained: {run}"]


def test_each_process_has_its_own_rows_and_together_they_have_all():
    rows = pd.DataFrame({"split": ["train"] * 12 + ["validation"] * 3, "length": range(100, 115)})
    plan = Plan(rows, speech=None, noise=None)
    for split, count in (("train", 12), ("validation", 3)):
        taken = []
        for rank in (0, 1):
            plan_data = PlanData(
                plan, partial(Mixed, library=None), 16000, batch_size=3, max_padding=0.5
            )
            plan_data.trainer = processes(rank)
            turns = itertools.chain(*plan_data._loader(split, shuffle=True).batch_sampler)
            taken += [{turn.row for turn in turns if turn.counts}]
        assert taken[0] | taken[1] == set(range(count))
        assert not taken[0] & taken[1]


def processes(rank):
    """A trainer of two processes, as far as the loaders ask it."""
    device = SimpleNamespace(root_device=torch.device("cpu"))
    progress = SimpleNamespace(current=SimpleNamespace(processed=0, ready=0))
    epoch = SimpleNamespace(batch_progress=progress)
    loop = SimpleNamespace(epoch_progress=progress, epoch_loop=epoch, restarting=False)
    return SimpleNamespace(global_rank=rank, world_size=2, strategy=device, fit_loop=loop)
