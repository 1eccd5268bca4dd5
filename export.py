"""Export a trained run to other runtimes: see conf/export.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write model.onnx, model.json and an example."""
    from command.check import check
    from command.entry import output_folder
    from command.exporting_schema import ExportConfig

    check(cfg, ExportConfig)
    from command.exporting import export  # takes seconds

    print(export(cfg, output_folder()))


if __name__ == "__main__":
    begin(main, "export")
