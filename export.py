"""Make of a trained run what other runtimes use: see conf/export.yaml."""

from omegaconf import DictConfig

from command.check import check
from command.entry import output_folder, start
from command.exporting import export
from command.exporting_schema import ExportConfig


def main(cfg: DictConfig) -> None:
    """Write model.onnx, model.json, which says how it is fed, and an example."""
    check(cfg, ExportConfig)
    print(export(cfg, output_folder()))


if __name__ == "__main__":
    start(main, "export")
