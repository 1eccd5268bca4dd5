"""What may be typed at export.py."""

from options.limits import Name, Strict


class ExportConfig(Strict):
    """conf/export.yaml."""

    run: Name
    output: Name
    check: Name | None
