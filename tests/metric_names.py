"""The metrics of conf/metric by the kind of what they compare."""

from functools import cache
from pathlib import Path

from omegaconf import OmegaConf

from metrics.known import facts
from metrics.metric import Metric
from options.build import build

FOLDER = Path(__file__).parent.parent / "conf" / "metric"


@cache
def metric(name: str) -> Metric:
    return build(OmegaConf.load(FOLDER / f"{name}.yaml"), Metric)


def comparing(kind: str) -> list[str]:
    names = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    return [name for name in names if facts(name).compares == kind]
