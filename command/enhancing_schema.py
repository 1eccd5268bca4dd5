"""What may be typed at enhance.py."""

from typing import Annotated, Literal

from pydantic import Field

from options.limits import Name, Strict


class EnhanceConfig(Strict):
    """conf/enhance.yaml."""

    input: Name
    output: Name | None
    run: Name | None
    attenuation_limit_db: Annotated[float, Field(ge=0, le=100)] | None
    band: Literal["network", "keep"]
    jobs: Annotated[int, Field(ge=1)] | None
