"""Make of a trained run what can be given away: see conf/publish.yaml."""

from omegaconf import DictConfig

from command.check import check
from command.entry import output_folder, start
from command.publishing import publish
from command.publishing_schema import PublishConfig


def main(cfg: DictConfig) -> None:
    """Write weights, config, curve, what it has heard, and a model card."""
    check(cfg, PublishConfig)
    print(publish(cfg, output_folder()))


if __name__ == "__main__":
    start(main, "publish")
