"""Networks of conf/network with few units and stages: most claims do not depend on either."""

import functools
from pathlib import Path

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from models.targets.target import Target
from options.build import build

CONF = Path(__file__).parent.parent / "conf"
NETWORKS = sorted(path.stem for path in (CONF / "network").glob("*.yaml"))
TARGETS = sorted(path.stem for path in (CONF / "target").glob("*.yaml"))
LEVELS = sorted(path.stem for path in (CONF / "level").glob("*.yaml"))
FEW_FRAMES = 32  # of a window
NARROW = 16  # hidden units and channels
STAGES = 2  # at most: each stage after the first is one like the second


def node(group, option):
    """What the command line group=option gives."""
    return _composed(group, option).copy()


@functools.cache
def _composed(group, option):
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return OmegaConf.to_container(compose("train", [f"{group}={option}"])[group], resolve=True)


def narrowed(described):
    """The same network of few units, as far as its options are called as others call them."""
    narrow = dict(described)
    if "stages" in described:
        narrow["stages"] = min(STAGES, described["stages"])
    if isinstance(described.get("hidden"), int):
        narrow["hidden"] = NARROW
    if "frames" in described:
        narrow["frames"] = FEW_FRAMES
    if isinstance(described.get("channels"), list):
        narrow["channels"] = [min(NARROW, channels) for channels in described["channels"]]
    return narrow


def make_target(name):
    return build(node("target", name), Target)
