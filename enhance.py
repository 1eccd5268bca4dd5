"""Enhance a recording or a folder of recordings with a trained run: see conf/enhance.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write the enhanced recordings and print how many; exit status 1 where any failed."""
    from command.check import check
    from command.enhancing import enhance
    from command.enhancing_schema import EnhanceConfig

    check(cfg, EnhanceConfig)
    counts, well = enhance(cfg)
    print(counts)
    if not well:
        raise SystemExit(1)


if __name__ == "__main__":
    begin(main, "enhance")
