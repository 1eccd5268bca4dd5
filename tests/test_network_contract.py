"""A network, level, target or optimiser that breaks its contract is refused before data is read."""

import re
import sys
from pathlib import Path

import pytest
import tiny_run
import torch
from omegaconf import DictConfig, OmegaConf

import models.networks
import train
from models.building import build_enhancer
from models.cost import parameters
from models.enhancement_learner import build_learner
from models.multiply_adds import multiply_adds_per_frame

CAUSAL = """
from torch import nn
from models.networks.network import CausalNetwork, Network

class Written(CausalNetwork):
    def __init__(self, freqs, target, size=4):
        super().__init__(target)
        self.layer = nn.Linear(freqs, freqs)

    def initial_state(self, batch):
        return self.zeros(batch, 0)

    def advance(self, mixture, state):
        output = self.layer(mixture.transpose(2, 3)).transpose(2, 3)
        return self.target.estimate(output, mixture).unsqueeze(1), state

    def final(self, estimates):
        return estimates[:, -1]
"""
NOT_CAUSAL = "    causal = False\n\n    def __init__"
WHOLE = CAUSAL.replace("(CausalNetwork)", "(Network)")
WHOLE = WHOLE.replace("    def __init__", NOT_CAUSAL)
WHOLE = WHOLE.replace("def advance(self, mixture, state)", "def forward(self, mixture)")
WHOLE = WHOLE.replace(", state\n", "\n")
LACKS = (
    "models.networks.written.Written lacks {}, which every Network has: "
    "see models.networks.network.Network"
)
SAYS = "models.networks.written.Written: causal = {}, but it derives from {}"


def config(folder: Path, *typed: str) -> DictConfig:
    """Of a training that has no data to read."""
    nowhere = f"data_root={folder / 'nowhere'}"
    return tiny_run.config(
        "train", ["experiment=folders", "sample_rate=8000", nowhere, *typed], folder / "run"
    )


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A training config whose network comes from a new file of models/networks."""
    files = []

    def written(source: str, file: str = "written", **described) -> DictConfig:
        forget()
        files.append(file)
        (tmp_path / f"{file}.py").write_text(source)
        cfg = config(tmp_path)
        cfg.network = described or {"_target_": f"models.networks.{file}.Written"}
        return cfg

    def forget() -> None:
        for file in files:
            sys.modules.pop(f"models.networks.{file}", None)

    # One file may be written twice within a second.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(models.networks, "__path__", [*models.networks.__path__, str(tmp_path)])
    yield written
    forget()


def refused(cfg: DictConfig) -> str:
    """The line in which a training that has no data to read refuses its network."""
    with pytest.raises(ValueError) as caught:
        train.main(cfg)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("source", [CAUSAL, WHOLE], ids=["causal", "not causal"])
def test_a_class_with_all_of_the_contract_is_built(written, source):
    cfg = written(source)
    assert build_enhancer(cfg).network.causal is (source == CAUSAL)
    with pytest.raises((ValueError, OSError), match="nowhere"):
        train.main(cfg)


@pytest.mark.parametrize("part", ["initial_state", "advance", "final"])
def test_a_causal_class_that_lacks_a_part_is_refused_by_its_name(written, part):
    assert LACKS.format(part) in refused(written(CAUSAL.replace(f"def {part}(", "def another(")))


@pytest.mark.parametrize("part", ["forward", "final"])
def test_a_class_that_lacks_a_part_is_refused_by_its_name(written, part):
    assert LACKS.format(part) in refused(written(WHOLE.replace(f"def {part}(", "def another(")))


def test_a_class_that_does_not_say_whether_it_is_causal_is_refused(written):
    assert LACKS.format("causal") in refused(written(WHOLE.replace("    causal = False\n", "")))


def test_a_class_is_causal_where_it_can_run_piece_by_piece_and_only_there(written):
    refusal = refused(written(WHOLE.replace("causal = False", "causal = True")))
    assert refusal.startswith(SAYS.format(True, "Network"))
    assert "models.networks.network.CausalNetwork" in refusal
    refusal = refused(written(CAUSAL.replace("    def __init__", NOT_CAUSAL)))
    assert refusal.startswith(SAYS.format(False, "models.networks.network.CausalNetwork"))


def test_a_class_that_is_not_made_with_a_target_is_refused_in_one_line(written):
    source = CAUSAL.replace("(self, freqs, target, size=4)", "(self, freqs)")
    assert "written.Written: " in refused(written(source))


@pytest.mark.parametrize(
    ("part", "right", "wrong", "shape"),
    [
        (
            "final",
            "estimates[:, -1]",
            "estimates",
            "[1, 1, 1, 81, 128], which must be [1, 1, 81, 128]",
        ),
        ("forward", ".unsqueeze(1)", "", "[1, 1, 81, 128], which must be [1, 1, 1, 81, 128]"),
    ],
)
def test_a_class_that_gives_another_shape_is_refused(written, part, right, wrong, shape):
    refusal = refused(written(WHOLE.replace(right, wrong)))
    assert refusal.startswith(f"models.networks.written.Written: {part} gives a tensor of {shape}")


def test_a_network_whose_costs_are_unknown_is_refused(written):
    unknown = "nn.Sequential(nn.InstanceNorm1d(1, affine=True))"
    source = CAUSAL.replace("nn.Linear(freqs, freqs)", unknown)
    refusal = refused(written(source))
    assert refusal.startswith("Written.layer.0: torch.nn.modules.instancenorm.InstanceNorm1d has ")


def test_the_network_of_the_readme_enhances_learns_and_is_counted(written):
    text = (tiny_run.ROOT / "README.md").read_text(encoding="utf-8")
    shown = r"```yaml\n(# conf/network/.*?)```\n```python\n(.*?)```"
    yaml, source = re.search(shown, text, re.DOTALL).groups()
    learner = build_learner(written(source, "gru", **OmegaConf.create(yaml)))
    generator = torch.Generator().manual_seed(0)
    clean, noise = torch.randn(2, 2, 4000, generator=generator)
    batch = {
        "clean": clean,
        "noise": noise,
        "mixture": clean + noise,
        "length": torch.tensor([4000, 3000]),
    }
    loss, _ = learner.loss(batch)
    loss.backward()
    assert all(parameter.grad.any() for parameter in learner.network.parameters())
    assert learner.enhance(batch["mixture"]).isfinite().all()
    freqs, hidden = 81, 64
    counted = 3 * hidden * (freqs + hidden + 2) + (hidden + 1) * freqs
    assert multiply_adds_per_frame(learner.network, freqs) == counted
    assert parameters(learner.network) == counted


@pytest.mark.parametrize(
    ("group", "target", "refusal"),
    [
        ("network", "models.networks.causal.CausalConv", "is no Network"),
        ("network", "models.networks.causal.halved", "is no Network"),
        ("target", "models.targets.target.MagnitudeTarget", "lacks estimate, ideal"),
        ("level", "models.level.Level", "lacks advance, initial_state"),
        ("level", "models.cost.costs", "not a class or function of models.level"),
        ("recipe.optimizer", "torch.optim.lr_scheduler.StepLR", "is no Optimizer"),
        ("recipe.schedule", "models.schedules.schedule.Schedule", "lacks factor"),
        ("recipe.schedule", "models.training.RuleOfRises", "function of models.schedules"),
        ("recipe.loss", "models.losses.loss.Loss", "lacks of_signals"),
        ("recipe.loss", "torch.nn.MSELoss", "not a class or function of models.losses"),
        ("recipe.rule_of_rises", "models.training.SeedByStep", "is no RuleOfRises"),
    ],
)
def test_a_target_of_another_kind_is_refused(tmp_path, group, target, refusal):
    cfg = config(tmp_path)
    OmegaConf.update(cfg, group, {"_target_": target}, merge=False)
    assert refusal in refused(cfg)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("recipe.optimizer.lr=-1", "learning rate"), ("recipe.rule_of_rises.factor=2", "factor=2")],
)
def test_options_are_refused_before_data_is_read(tmp_path, typed, refusal):
    assert refusal in refused(config(tmp_path, typed))
