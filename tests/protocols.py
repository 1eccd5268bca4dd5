"""The protocol of conf/plan/paper.yaml, for tests."""

from pathlib import Path

from omegaconf import OmegaConf

from datagen.protocol import Protocol
from datagen.split import SPLITS

PLANS = Path(__file__).parent.parent / "conf" / "plan"


def paper(**changes) -> Protocol:
    """It with other values, and without limits on utterances."""
    options = OmegaConf.to_container(OmegaConf.load(PLANS / "paper.yaml"))
    return Protocol.model_validate({**options, "utterances": dict.fromkeys(SPLITS), **changes})
