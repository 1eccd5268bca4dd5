"""Train an enhancement network on a mixing plan, or resume a training: see conf/train.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write a run folder: config, checkpoints, curve.csv, TensorBoard events."""
    from command.check import check
    from command.entry import CONF, output_folder
    from command.experiment import require_experiment
    from command.process import is_first
    from command.resume import resumed, taken_up
    from command.resume_check import require_an_end_ahead, require_its_own_folder
    from command.schema import TrainConfig
    from command.sweep import is_sweep
    from command.training import train

    run = Path(cfg.resume) if cfg.resume else output_folder()
    if cfg.resume:
        require_its_own_folder(cfg, run)
        cfg = resumed(cfg)
        require_an_end_ahead(cfg, run)
    else:
        require_experiment(cfg, CONF, "train")
    if is_sweep() and not cfg.resume:
        cfg = taken_up(cfg, run)
    check(cfg, TrainConfig)
    ended = train(cfg, run)
    if is_first():  # of several devices, each runs this script
        print(ended)


if __name__ == "__main__":
    begin(main, "train")
