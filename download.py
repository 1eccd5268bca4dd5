"""Fetch a corpus that may be fetched, or say where to ask for it: see conf/download."""

from omegaconf import DictConfig

from command.entry import start
from datagen.download import fetch_corpus
from options.build import build


def main(cfg: DictConfig) -> None:
    """Download, verify and unpack `corpus` into the layout under `data_root`."""
    sources = {name: build(node, "datagen.download") for name, node in cfg.sources.items()}
    print(fetch_corpus(cfg.corpus, cfg.data_root, sources, cfg.keep_archive))


if __name__ == "__main__":
    start(main, "download", folder="download")
