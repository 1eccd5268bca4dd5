"""Enhance recordings, raw samples or live sound with a trained run: see conf/enhance.yaml."""

import sys

from omegaconf import DictConfig

from command.check import check
from command.enhancing import enhance
from command.enhancing_schema import MICROPHONE, RAW, EnhanceConfig, kind
from command.entry import start
from command.live_enhancing import LIST, enhance_live, list_devices
from command.raw_enhancing import enhance_raw

STREAMS = {RAW: enhance_raw, MICROPHONE: enhance_live}


def main(cfg: DictConfig) -> None:
    """Write what is enhanced, and say how much; exit status 1 where any recording failed."""
    check(cfg, EnhanceConfig)
    source = kind(cfg.input)
    if source in STREAMS:
        STREAMS[source](cfg)
        return
    counts, well = enhance(cfg)
    print(counts)
    if not well:
        raise SystemExit(1)


if __name__ == "__main__":
    if LIST in sys.argv[1:]:
        list_devices()
    else:
        start(main, "enhance")
