"""The options of enhance.py."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from audio.raw import FORMATS
from options.limits import Name, Strict

RAW = "-"  # standard input or output
MICROPHONE, SPEAKER = "mic", "speaker"  # alone, or with ":" and the device's number or name
PAIRS = {RAW: RAW, MICROPHONE: SPEAKER}


class EnhanceConfig(Strict):
    """conf/enhance.yaml."""

    input: Name
    output: Name | None
    run: Name | None
    attenuation_limit_db: Annotated[float, Field(ge=0, le=100)] | None
    band: Literal["network", "keep"]
    rate: Annotated[int, Field(ge=1000, le=768000)] | None
    format: Literal[*FORMATS]
    channels: Annotated[int, Field(ge=1, le=1024)]
    device: Literal["cpu", "cuda"] | None
    jobs: Annotated[int, Field(ge=1)] | None
    scheduler: Name | None
    listen: bool
    tag: Name | None = None
    lines: bool
    line_enhancer: dict[str, Any]  # options.build builds it and checks the arguments
    line_enhancer_online: dict[str, Any]

    @model_validator(mode="after")
    def _sound_goes_where_it_comes_from(self) -> "EnhanceConfig":
        source, target = kind(self.input), kind(self.output or "")
        wanted = PAIRS.get(source, "")
        if target != wanted:
            remedy = f"give output={wanted}" if wanted else f"it needs input={_source_of(target)}"
            raise ValueError(f"input={self.input} output={self.output or 'null'}: {remedy}")
        if source == RAW and self.rate is None:
            raise ValueError("input=-: raw samples do not tell their rate; add rate=48000, or so")
        if not source and self.rate is not None:
            raise ValueError("rate is that of raw or live sound, files tell theirs; leave it out")
        if source and self.device == "cuda":
            raise ValueError(
                "device=cuda is for files, raw and live sound come hop by hop; leave it out"
            )
        if self.scheduler and (source or self.device == "cuda"):
            raise ValueError(
                f"scheduler={self.scheduler}: enhances files on the processors of its workers; "
                "leave it out, or give files and no device"
            )
        if source and self.tag:
            raise ValueError(f"tag={self.tag}: names the noises of files; leave it out")
        if source and self.listen:
            raise ValueError("listen=true makes a page of files, and this is no file; leave it out")
        return self

    @model_validator(mode="after")
    def _lines_need_no_run(self) -> "EnhanceConfig":
        if not self.lines:
            return self
        if kind(self.input) == MICROPHONE:
            raise ValueError(
                f"input={self.input}: lines=true works in steps of half a second, which needs a "
                "pipe between; give input=- output=- rate=16000, behind arecord or so"
            )
        if self.run is not None:
            raise ValueError(f"run={self.run}: lines=true enhances without one; leave out either")
        if self.band == "keep":
            raise ValueError("band=keep: lines=true enhances the whole band; leave it out")
        if self.device == "cuda":
            raise ValueError("device=cuda: lines=true works on the CPU; leave it out")
        if self.scheduler:
            raise ValueError(f"scheduler={self.scheduler}: lines=true works here; leave it out")
        return self


def kind(place: str) -> str:
    """`RAW`, `MICROPHONE` or `SPEAKER`, or "" for a path."""
    name = place.partition(":")[0]
    if place == RAW or name in (MICROPHONE, SPEAKER):
        return name
    return ""


def _source_of(target: str) -> str:
    return next(source for source, other in PAIRS.items() if other == target)
