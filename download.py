"""Fetch a corpus that may be fetched, or say where to ask for it: see conf/download."""

from omegaconf import DictConfig

from command.download import download
from command.entry import start


def main(cfg: DictConfig) -> None:
    """Download, verify and unpack `corpus` into its folder under `data_root`."""
    print(download(cfg))


if __name__ == "__main__":
    start(main, "download", folder="download")
