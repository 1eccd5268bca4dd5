"""The file in conf/ from which a part of a config comes, and its title in tables."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from options.run_options import flat

CONF = Path(__file__).parent.parent / "conf"
TARGET = "_target_"  # key of the class that is built


def exactly(group: str, node: Mapping[str, Any]) -> str:
    """The file of conf/`group` with exactly the options of `node`; "" without such a file."""
    said = flat(node)
    return next((name for name, options in _files(group).items() if options == said), "")


def chosen(group: str, node: Mapping[str, Any]) -> str:
    """The file of conf/`group` that differs from `node` in the fewest options.

    Only files that build the same class are compared; "" without such a file. A config holds the
    chosen options, but not the name of the file.
    """
    said = flat(node)
    differ = {}
    for name, options in _files(group).items():
        if options.get(TARGET) == said.get(TARGET):
            of_both = {*options, *said}
            differ[name] = sum(options.get(one) != said.get(one) for one in of_both)
    return min(differ, key=differ.get, default="")


def title(group: str, node: Mapping[str, Any]) -> str:
    """The title of `node` in a table, spelled like its class: "PL-CRNN", "UNet", "IAM".

    >>> title("network", {"_target_": "models.networks.crnn.CRNN", "stages": 3, "hidden": 256})
    'PL-CRNN'
    >>> title("network", {"_target_": "of.another.Network"})
    'Network'
    """
    _, _, kind = str(node.get(TARGET, "")).rpartition(".")
    name = chosen(group, node)
    letters = name.replace("_", "")
    if not name:
        return kind
    if not letters.lower().endswith(kind.lower()):
        return name
    spelled = iter(letters.removesuffix(kind.lower()).upper() + kind)
    return "".join("-" if letter == "_" else next(spelled) for letter in name)


@cache
def _files(group: str) -> dict[str, dict[str, str]]:
    """The options of every file of conf/`group`, with those of its base files, as text."""
    paths = sorted((CONF / group).glob("*.yaml"))
    return {path.stem: _options(path) for path in paths}


def _options(path: Path) -> dict[str, str]:
    content = OmegaConf.to_container(OmegaConf.load(path))
    options: dict[str, str] = {}
    for base in content.pop("defaults", []):
        beside = path.parent / f"{base}.yaml"
        if beside.exists():  # a default from another folder is skipped
            options |= _options(beside)
    return options | flat(content)
