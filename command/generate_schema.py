"""The options of generate.py and the rules across them."""

from typing import Literal

from pydantic import model_validator

from command.speech_schema import SpeechScriptConfig
from datagen.protocol import PART
from options.limits import Name


class GenerateConfig(SpeechScriptConfig):
    """conf/generate.yaml."""

    render: bool
    render_format: Literal["flac", "wav", "shards"]
    scheduler: Name | None
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

    @model_validator(mode="after")
    def _a_cluster_has_work(self):
        largest = max(self.plan.train, self.plan.validation, self.plan.test)
        if self.scheduler and not self.render and largest <= PART:
            raise ValueError(
                f"scheduler={self.scheduler}: draws splits of more than {PART} rows, and renders; "
                "add render=true, or leave it out"
            )
        return self
