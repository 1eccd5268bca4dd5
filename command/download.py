"""From the name of a corpus to its files."""

from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from datagen.sources.source import Source
from options.build import build
from options.choices import CONF


def download(cfg: DictConfig) -> str:
    """Download `cfg.corpus` to the folder under `cfg.data_root` where conf/corpus expects it.

    Returns a line about it. Raises ValueError for a corpus without a source, and the ValueError and
    OSError of its source.
    """
    if cfg.corpus not in cfg.sources:
        known = ", ".join(sorted(cfg.sources))
        raise ValueError(f"corpus={cfg.corpus or ''}: no such corpus; give one of {known}")
    data_root = Path(cfg.data_root).expanduser() if cfg.data_root else None
    source = build(cfg.sources[cfg.corpus], Source)
    corpus = _corpus(source, data_root)
    return source.fetch(corpus, data_root, cfg.keep_archive)


def _corpus(source: Source, data_root: Path | None) -> Any:
    """All of the corpus of `source`, as its option in conf/ reads it under `data_root`."""
    node = OmegaConf.load(CONF / source.group / f"{source.option}.yaml")
    root = str(data_root or "data_root")
    config = OmegaConf.create({"data_root": root, "corpus": node})
    options = OmegaConf.to_container(config, resolve=True)["corpus"]
    given = {name: value for name, value in options.items() if value != "???"}
    return build(given, source.contract)
