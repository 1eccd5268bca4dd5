"""The options of compose.py."""

from typing import Annotated

from pydantic import Field

from options.limits import Name, Seed, Strict


class ComposeConfig(Strict):
    """conf/compose.yaml."""

    run: Name
    output: Name
    seconds: Annotated[float, Field(ge=1, le=3600)]
    seed: Seed
    temperature: Annotated[float, Field(ge=0, le=10)]
    tempo: Annotated[float, Field(ge=20, le=400)]
    perplexity: bool
