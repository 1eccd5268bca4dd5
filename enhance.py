"""Enhance recordings, raw samples or live sound with a trained run: see conf/enhance.yaml."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from command.front import begin
from command.sound_devices import LIST, list_devices

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write the enhanced recordings and print their number; exit status 1 if any failed."""
    from command.check import check
    from command.enhancing_schema import MICROPHONE, RAW, EnhanceConfig, kind

    check(cfg, EnhanceConfig)
    from command.live_enhancing import enhance_live  # this and the next import take seconds
    from command.raw_enhancing import enhance_raw

    source = kind(cfg.input)
    if source == RAW:
        enhance_raw(cfg)
    elif source == MICROPHONE:
        enhance_live(cfg)
    else:
        _enhance_files(cfg)


def _enhance_files(cfg: DictConfig) -> None:
    from command.enhancing import enhance

    done = enhance(cfg)
    try:
        if cfg.listen:
            from command.listening import write_page  # imports Matplotlib: seconds

            write_page(cfg, done)
    finally:
        print(done.counts)  # printed even if the page failed
    if not done.well:
        raise SystemExit(1)


if __name__ == "__main__":
    if LIST in sys.argv[1:]:
        list_devices()
    else:
        begin(main, "enhance")
