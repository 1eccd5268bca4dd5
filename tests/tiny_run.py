"""A corpus of seconds and a network of some thousand weights: what a training test needs."""

import os
import pickle
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf, open_dict

import generate
import train
from command.entry import start
from models.enhancement_learner import EnhancementLearner
from models.layouts import BEST, LAST

ROOT = Path(__file__).parent.parent
RATE = 8000
IS_FOLDER = re.compile(r"(cache|data_root|output|run)=/[\w./-]+")
TINY = (
    "experiment=folders",
    f"sample_rate={RATE}",
    "network.stages=1",
    "network.channels=[2,2,2,4]",
    "network.hidden=36",
    "plan.train=12",
    "plan.validation=4",
    "plan.test=8",
    "plan.segment_s={train:0.5,validation:0.5,test:0.5}",
    "plan.shortest_s=0.3",
    "data.batch_size=3",
    "data.workers=0",
    "trainer.max_epochs=3",
)
TABLES_ALONE = ("examples=false", "figures=false")  # of a report, most of whose time they take


def corpus(root: Path) -> Path:
    """Five speakers and three noises in the layout of conf/experiment/folders.yaml.

    Lengths differ.
    """
    rng = np.random.default_rng(0)
    for speaker in range(5):
        for utterance in range(2):
            length = int(rng.integers(3000, 6000))
            time = np.arange(length) / RATE
            voice = sum(np.sin(2 * np.pi * 120 * (speaker + 2) * k * time) / k for k in range(1, 5))
            wav(
                root / f"speech/s{speaker}/u{utterance}.flac",
                voice * (1.1 + np.sin(2 * np.pi * 3 * time)),
            )
    for name in ("seen/a", "seen/b", "unseen/c"):
        wav(root / f"noise/{name}.flac", rng.standard_normal(4 * RATE))
    return root


def wav(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * samples / np.abs(samples).max(), RATE, subtype="PCM_16")


def overrides(data: Path, run: Path, *more: str) -> list[str]:
    return [*TINY, f"data_root={data}", f"cache={data / 'cache'}", "jobs=1", f"output={run}", *more]


def common(data: Path, folder: Path, *more: str) -> list[str]:
    """The same of what every script takes."""
    trained = ("network.", "data.", "trainer.")
    return [item for item in overrides(data, folder, *more) if not item.startswith(trained)]


def config(name: str, typed: list[str], run: Path) -> DictConfig:
    """What Hydra makes of the command line, without a process of its own.

    Folders are set in a copy: composing takes a hundred times as long as copying, and the command
    lines of most tests differ in folders alone.
    """
    last = {_option(item): item for item in typed}  # what is typed twice has its last value
    folders = {option: item for option, item in last.items() if IS_FOLDER.fullmatch(item)}
    composed = [item for item in typed if _option(item) not in folders]
    cfg = pickle.loads(_composed(name, tuple(composed)))  # noqa: S301 - of this process
    for option, item in folders.items():
        OmegaConf.update(cfg, option, item.partition("=")[2])
    with open_dict(cfg.hydra):
        cfg.hydra.overrides.task = list(typed)
        cfg.hydra.runtime.output_dir = str(run)
    HydraConfig.instance().set_config(cfg)
    with open_dict(cfg):
        del cfg["hydra"]
    return cfg


def _option(item: str) -> str:
    return item.partition("=")[0]


@cache
def _composed(name: str, typed: tuple[str, ...]) -> bytes:
    """Pickled, which is copied six times as fast as a config."""
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3", job_name=name):
        composed = compose(name, list(typed), return_hydra_config=True)
    return pickle.dumps(composed, pickle.HIGHEST_PROTOCOL)


def script(name: str, *arguments: str, **options) -> subprocess.Popen:
    """A script of the project in a process of its own, on one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(ROOT / f"{name}.py"), *arguments]
    return subprocess.Popen(command, env=environment, text=True, **options)


class Command:
    """train.py with what is typed behind it, in this process.

    Writes to `folder` unless told otherwise.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path):
        self.monkeypatch, self.folder = monkeypatch, folder

    def __call__(self, *typed: str) -> None:
        self.monkeypatch.setattr(
            sys, "argv", [str(ROOT / "train.py"), *typed, f"output={self.folder}"]
        )
        self.monkeypatch.setattr("command.sweep._FAILED", [])
        start(train.main, "train")

    def refused(self, *typed: str) -> str:
        """The one line that it ends in."""
        with pytest.raises(SystemExit) as caught:
            self(*typed)
        line = str(caught.value)
        assert line.startswith("train.py: ") and "\n" not in line
        return line


def fit(data: Path, run: Path, *more: str) -> Path:
    """`train.py` with the tiny options and `more`, in this process."""
    train.main(config("train", overrides(data, run, *more), run))
    return run


def resume(run: Path, *more: str) -> Path:
    """`train.py resume=run`, in this process."""
    train.main(config("train", [f"resume={run}", *more], run))
    return run


def interrupted_in(monkeypatch: pytest.MonkeyPatch, epoch: int) -> None:
    """Makes a training of this process end in Ctrl-C at the start of `epoch`."""

    def interrupted(module):
        if module.current_epoch == epoch:
            raise KeyboardInterrupt

    monkeypatch.setattr(EnhancementLearner, "on_train_epoch_start", interrupted)


def rendered(data: Path, folder: Path, *more: str) -> tuple[str, str]:
    """The tiny plan rendered to `folder`, and what to type to train on it."""
    generate.main(config("generate", common(data, folder, "render=true", *more), folder))
    return "data=rendered", f"data.folder={folder}"


def curve(run: Path) -> bytes:
    return (run / "curve.csv").read_bytes()


def equal_runs(one: Path, other: Path) -> bool:
    """Equal to the last byte of the curve and the last bit of the weights."""
    return curve(one) == curve(other) and all(
        same_weights(one / name, other / name) for name in (BEST, LAST)
    )


def same_weights(one: Path, other: Path) -> bool:
    ours, theirs = (torch.load(path, weights_only=True)["state_dict"] for path in (one, other))
    return ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in ours)
