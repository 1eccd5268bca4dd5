"""Every task of conf/task keeps its contract; a run of any is opened by one call."""

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from tiny_run import ROOT

from command.task import of_task
from models.learner import Learner
from options.run_options import PARTS
from tasks.task import Task, task_of

NAMES = sorted(path.stem for path in (ROOT / "conf/task").glob("*.yaml"))


def config(*typed: str):
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        return compose("train", list(typed))


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_its_own_file_and_makes_a_module_that_learns(name, monkeypatch):
    monkeypatch.setattr("command.task.typed_options", list)
    cfg = of_task(config(f"task={name}"))
    task = task_of(cfg)
    assert isinstance(task, Task) and type(task).__module__ == f"tasks.{name}"
    assert {group for group in PARTS if group in cfg} == {*task.groups}
    learner = task.learner(cfg)
    assert isinstance(learner, Learner)
    assert sum(parameter.numel() for parameter in learner.network.parameters()) > 0
    assert learner.configure_optimizers().param_groups


def test_a_group_that_the_task_does_not_read_cannot_be_typed(monkeypatch):
    class Other(Task):
        groups = ("target",)
        learner = batches = system = beside = costs = None

    monkeypatch.setattr("command.task.task_of", lambda cfg: Other())
    monkeypatch.setattr("command.task.typed_options", lambda: ["seed", "network.stages"])
    with pytest.raises(ValueError, match=r"^network.stages: task=enhancement does not read it"):
        of_task(config())
    monkeypatch.setattr("command.task.typed_options", lambda: ["target"])
    assert {*PARTS} & {*of_task(config())} == {"target"}


@pytest.mark.parametrize("target", ["os.system", "tasks.task.task_of", "models.run.load_run"])
def test_a_config_from_elsewhere_makes_no_task_of_anything_else(target):
    with pytest.raises(ValueError, match=r"tasks"):
        task_of(OmegaConf.create({"task": {"_target_": target}}))
