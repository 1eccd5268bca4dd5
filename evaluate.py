"""Put trained runs, baselines, the unprocessed mixture and the oracle on a test plan: see conf/evaluate.yaml."""

from omegaconf import DictConfig

from command.check import check
from command.entry import output_folder, save_config, start
from command.evaluation import evaluate
from command.lines import evaluate_lines
from command.lines_schema import LinesEvaluateConfig
from command.schema import EvaluateConfig


def main(cfg: DictConfig) -> None:
    """Write the scores (or, of experiment=lines, the gains), report.md and report.html, and print their tables."""
    speech = "lines" not in cfg
    check(cfg, EvaluateConfig if speech else LinesEvaluateConfig)
    (evaluate if speech else evaluate_lines)(cfg, output_folder())
    save_config(cfg, output_folder())


if __name__ == "__main__":
    start(main, "evaluate", alone=True)
