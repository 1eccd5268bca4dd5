"""The options of publish.py."""

from options.limits import Name, Strict


class PublishConfig(Strict):
    """conf/publish.yaml."""

    run: Name
    output: Name
    scores: Name | None
    licences: Name | None
    cache: Name
