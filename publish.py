"""Make a folder of a trained run that can be shared: see conf/publish.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write weights, config, curve, the tables of its training audio, and a model card."""
    from command.check import check
    from command.entry import output_folder
    from command.publishing import publish
    from command.publishing_schema import PublishConfig

    check(cfg, PublishConfig)
    print(publish(cfg, output_folder()))


if __name__ == "__main__":
    begin(main, "publish")
