"""The options of generate.py and the rules across them."""

from typing import Literal

from pydantic import model_validator

from command.speech_schema import SpeechScriptConfig


class GenerateConfig(SpeechScriptConfig):
    """conf/generate.yaml."""

    render: bool
    render_format: Literal["flac", "wav", "shards"]
    scheduler: str | None
    audit: bool

    @model_validator(mode="after")
    def _an_audit_draws_nothing(self):
        for name in ("render", "scheduler"):
            value = getattr(self, name)
            if self.audit and value:
                typed = f"{name}={str(value).lower()}"
                raise ValueError(
                    f"audit=true: looks at corpora and draws nothing; leave out {typed}"
                )
        return self
