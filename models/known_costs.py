"""The costs of networks, measured once on a machine and cached."""

import json
from collections.abc import Callable
from pathlib import Path
from platform import node
from typing import Any

from omegaconf import DictConfig, OmegaConf

from files.atomic import write_atomic
from files.fingerprint import of_sources, of_values
from models.building import build_enhancer, enhancer_parts
from models.cost import Costs, costs
from options.choices import title


def known_costs(cfg: DictConfig, cache: Path, say: Callable[[str], object] = str) -> Costs:
    """The costs of the network of a training config; see `costs`.

    Networks that differ only in their weights and in the aim of their training have equal costs:
    one of them is measured, untrained, and its costs are cached under `cache`. say: called with a
    line on the measurement, which takes seconds.
    """
    parts = enhancer_parts(cfg)
    network = OmegaConf.to_container(cfg.network, resolve=True)
    identity = [network, parts["target"].component_count, parts["stft"].made_of]

    def measure() -> Costs:
        return costs(build_enhancer(cfg))

    return cached_costs(identity, measure, title("network", network), cache, say)


def cached_costs(
    identity: Any,
    measure: Callable[[], Costs],
    what: str,
    cache: Path,
    say: Callable[[str], object],
) -> Costs:
    """The result of `measure`, cached under `cache` by its plain values `identity`."""
    key = of_values(identity, of_sources("models", "dsp"), node())
    known = cache / "costs" / f"{key}.json"
    try:
        return json.loads(known.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        say(f"Measures what {what} costs")
        measured = measure()
        write_atomic(known, json.dumps(measured))
        return measured
