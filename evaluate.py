"""Score trained runs, baselines, the unprocessed mixture and ideal masks on a test plan.

See conf/evaluate.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write the scores, report.md and report.html, and print their tables."""
    from command.check import check
    from command.entry import output_folder, save_config
    from command.evaluate_schema import EvaluateConfig

    check(cfg, EvaluateConfig)
    from command.evaluation import evaluate  # this and the next import take seconds
    from command.own_test import own_tests

    tests = own_tests(cfg)
    for test in tests:
        check(test.cfg, EvaluateConfig)
    evaluate(tests, output_folder())
    save_config(tests[0].cfg, output_folder())


if __name__ == "__main__":
    begin(main, "evaluate", alone=True)
