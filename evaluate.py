"""Put trained runs, baselines, the unprocessed mixture and the oracle on a test plan.

See conf/evaluate.yaml.
"""

from omegaconf import DictConfig

from command.check import check
from command.entry import output_folder, save_config, start
from command.evaluation import evaluate
from command.schema import EvaluateConfig


def main(cfg: DictConfig) -> None:
    """Write the scores, report.md and report.html, and print their tables."""
    check(cfg, EvaluateConfig)
    evaluate(cfg, output_folder())
    save_config(cfg, output_folder())


if __name__ == "__main__":
    start(main, "evaluate", alone=True)
