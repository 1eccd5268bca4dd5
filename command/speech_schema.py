"""The options that all scripts on speech share."""

from typing import Annotated, Any, Literal

from pydantic import Field

from datagen.protocol import Protocol
from options.limits import Name, Positive, Seed, Strict

Rate = Literal[8000, 16000]
Built = dict[str, Any]  # options.build builds it and checks the arguments


class SpeechConfig(Strict):
    """Corpora of speech by role."""

    train: dict[str, Built]
    test: dict[str, Built]


class NoiseConfig(Strict):
    """Corpora of noise by role."""

    seen: dict[str, Built]
    unseen: dict[str, Built]


class StftConfig(Strict):
    """The options of the STFT."""

    window_s: Positive
    hop_s: Positive
    window: str = "hamming"  # older runs lack it; dsp/stft.py has the other windows


class CommonConfig(Strict):
    """conf/common.yaml."""

    seed: Seed
    output: Name


class SpeechScriptConfig(CommonConfig):
    """conf/speech.yaml and the groups that all speech scripts read."""

    task: Built

    sample_rate: Rate
    data_root: Name
    cache: Name
    jobs: Annotated[int, Field(ge=1)] | None
    check_audio: bool
    stft: StftConfig
    plan: Protocol
    speech: SpeechConfig
    noise: NoiseConfig
    caution: Name | None
    published: Literal["pl_crnn"] | None
    next: Name | None
