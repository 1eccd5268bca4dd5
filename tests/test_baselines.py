"""Every option of conf/baseline keeps the contract, and what does not is refused before any audio is read."""

import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import tiny_run
import torch
from hydra.utils import get_class
from omegaconf import DictConfig, OmegaConf
from torch import Tensor

import evaluate
from models.baselines.peer import Peer
from models.baselines.unprocessed import Unprocessed
from models.system import Enhancing
from options.build import build

RATE = 8000
UPDATES = 3  # of those that learn: what is claimed does not depend on how much they have learned
NAMES = sorted(path.stem for path in (tiny_run.ROOT / "conf" / "baseline").glob("*.yaml"))
NAMES.remove("files")  # which has files instead of enhancing, see tests/test_files_system.py
swept = pytest.mark.parametrize("name", NAMES)


@cache
def baselines() -> DictConfig:
    """All of conf/baseline, each by its own name."""
    typed = [f"+baseline@baselines.{name}={name}" for name in NAMES]
    return tiny_run.config("evaluate", typed, Path()).baselines


def node(name: str) -> dict:
    """What +baseline@baselines.NAME=name puts into the config."""
    options = OmegaConf.to_container(baselines()[name], resolve=True)
    if "updates" in options:
        options["updates"] = UPDATES
    return options


def made(name: str, sample_rate: int = RATE) -> Enhancing:
    kind = get_class(node(name)["_target_"])
    if issubclass(kind, Peer):
        pytest.importorskip(kind.module)
    return build(node(name), Enhancing, within="models.baselines", sample_rate=sample_rate)


def tones(seconds: float) -> Tensor:
    time = torch.arange(round(seconds * RATE)) / RATE
    noise = 0.01 * torch.randn(2, len(time), generator=torch.Generator().manual_seed(0))
    return 0.1 * torch.sin(2 * torch.pi * torch.tensor([[150.0], [300.0]]) * time) + noise


@swept
def test_a_baseline_gives_as_many_samples_as_it_is_given_the_same_every_time(name):
    baseline, mixture = made(name), tones(6.5)
    unheard = torch.full_like(mixture, torch.nan)  # it must not look there
    enhanced = baseline.enhance_batch({"mixture": mixture, "clean": unheard})
    assert enhanced.shape == mixture.shape
    assert enhanced.dtype == mixture.dtype
    assert torch.isfinite(enhanced).all()
    assert torch.equal(enhanced, made(name).enhance(mixture))
    torch.testing.assert_close(baseline.enhance(mixture[1:]), enhanced[1:])


@swept
def test_what_a_baseline_is_made_of_follows_from_its_options(name):
    made_of = made(name).made_of
    assert made_of == made(name).made_of
    assert made_of is None or made(name, 2 * RATE).made_of != made_of


def test_what_holds_more_than_plain_values_is_not_remembered():
    thing = Unprocessed(RATE)
    thing.options = {"bands": [100, 200.0], "window": None}
    assert thing.made_of == [
        "models.baselines.unprocessed.Unprocessed",
        {"sample_rate": RATE, "options": thing.options},
    ]
    thing.weights = torch.zeros(3)
    assert thing.made_of is None


@pytest.fixture
def stranger(monkeypatch, tmp_path):
    """Puts a module with this code into models/baselines, for as long as a test lasts."""

    def stranger(code: str) -> str:
        import models.baselines

        folder = tmp_path / "baselines"
        folder.mkdir()
        (folder / "mine.py").write_text(code)
        monkeypatch.setattr(models.baselines, "__path__", [*models.baselines.__path__, str(folder)])
        monkeypatch.delitem(sys.modules, "models.baselines.mine", raising=False)
        return "models.baselines.mine.Mine"

    return stranger


def evaluated(target: str, folder: Path, *more: str) -> Path:
    """evaluate.py with `target` as a baseline, on corpora that are not there."""
    typed = [
        "experiment=folders",
        f"data_root={folder / 'nowhere'}",
        f"cache={folder / 'cache'}",
        "jobs=1",
    ]
    typed += [f"+baselines.mine._target_={target}", *more]
    evaluate.main(tiny_run.config("evaluate", typed, folder / "report"))
    return folder / "report"


DERIVED = "from models.system import Enhancing\nclass Mine(Enhancing):\n    "


def test_a_stranger_adds_one_with_a_class_of_one_method(stranger, data, tmp_path):
    target = stranger(f"{DERIVED}def enhance(self, mixture): return mixture / self.sample_rate")
    mine = f"+baselines.mine._target_={target}"
    typed = tiny_run.common(data, tmp_path, mine, *tiny_run.TABLES_ALONE)
    evaluate.main(tiny_run.config("evaluate", typed, tmp_path))
    scores = pd.read_csv(tmp_path / "scores.csv").set_index(["system", "mixture_id"])
    assert (
        scores.loc["mine"].sdr - scores.loc["mixture"].sdr
    ).abs().max() < 1e-6  # the gain plays no part


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            f"{DERIVED}pass",
            "Mine lacks enhance, which every Enhancing has: see models.system.Enhancing",
        ),
        (
            f"{DERIVED}def __init__(self): pass\n    def enhance(self, mixture): pass",
            "argument 'sample_rate'",
        ),
        (
            "def Mine(sample_rate): return lambda mixture: mixture",
            "Mine is no Enhancing: derive it from models.system",
        ),
        (
            "class Mine:\n    def enhance(self, mixture): pass",
            "Mine is no Enhancing: derive it from models.system",
        ),
    ],
)
def test_what_breaks_the_contract_is_refused_before_any_audio_is_read(
    stranger, tmp_path, code, said
):
    with pytest.raises(ValueError, match=r"models\.baselines\.mine\.Mine") as caught:
        evaluated(stranger(code), tmp_path)
    assert said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["metric.sdr.engine=magic"], "metric.sdr: engine='magic' of the SDR"),
        (["oracle._target_=models.targets.iam.torch"], "models.targets.iam.torch"),
        (["oracle.power=2"], "target.power=2"),
        (["runs=[nowhere]"], "nowhere: not a training run"),
    ],
)
def test_whatever_the_config_names_is_built_before_any_audio_is_read(tmp_path, typed, said):
    with pytest.raises((ValueError, OSError)) as caught:
        evaluated("models.baselines.unprocessed.Unprocessed", tmp_path, *typed)
    assert said in str(caught.value)


def test_only_what_stands_with_the_baselines_is_built_as_one(tmp_path):
    with pytest.raises(
        ValueError, match=r"_target_='models.trained.TrainedRun' is not a class or function of"
    ):
        evaluated("models.trained.TrainedRun", tmp_path)
