"""The options of export.py."""

from typing import Literal

from options.limits import Name, Strict


class ExportConfig(Strict):
    """conf/export.yaml."""

    run: Name
    output: Name
    format: Literal["onnx", "sherpa"]
    check: Name | None
