"""The options of a search."""

from typing import Annotated

from pydantic import Field

from options.limits import Count, Name, Strict

AtLeastOne = Annotated[int, Field(ge=1)]


class SearchConfig(Strict):
    """conf/search/optuna.yaml."""

    trials: AtLeastOne
    at_once: AtLeastOne
    score: Name | None = None  # older runs lack it
    startup_trials: Count
    prune: bool
    warmup_epochs: Count
    trial: Count | None
