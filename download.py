"""Download a corpus, or say where to ask for it: see conf/download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Download, verify and unpack `corpus` into its folder under `data_root`."""
    from command.download import download

    print(download(cfg))


if __name__ == "__main__":
    begin(main, "download", folder="download")
