"""The costs of networks, measured once on a machine and remembered."""

import json
from collections.abc import Callable
from pathlib import Path
from platform import node
from typing import Any

from omegaconf import DictConfig, OmegaConf

from files.atomic import write_atomic
from files.fingerprint import of_sources, of_values
from models.cost import Costs, costs
from models.run import build_enhancer
from options.choices import title


def known_costs(cfg: DictConfig, cache: Path, say: Callable[[str], object] = str) -> Costs:
    """The costs of the network of a training config; see `costs`.

    Networks that differ only in their weights and in the aim of their training have equal costs:
    one of them is measured, untrained, and remembered under `cache`. say: called with a line on the
    measurement, which takes seconds.
    """
    enhancer = build_enhancer(cfg)
    network = OmegaConf.to_container(cfg.network, resolve=True)
    told = [network, enhancer.target.component_count, enhancer.stft.made_of]
    return remembered(told, lambda: costs(enhancer), title("network", network), cache, say)


def remembered(
    told: Any, measure: Callable[[], Costs], what: str, cache: Path, say: Callable[[str], object]
) -> Costs:
    """The result of `measure`, kept under `cache` by `told`, the plain values that decide it."""
    key = of_values(told, of_sources("models", "dsp"), node())
    known = cache / "costs" / f"{key}.json"
    try:
        return json.loads(known.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        say(f"Measures what {what} costs")
        measured = measure()
        write_atomic(known, json.dumps(measured))
        return measured
