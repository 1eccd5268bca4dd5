"""Train an enhancement network on a mixing plan, or resume a training: see conf/train.yaml."""

from pathlib import Path

from omegaconf import DictConfig

from command.check import check
from command.entry import output_folder, start
from command.outcome import done
from command.process import is_first
from command.resume import AUTO, resumed, taken_up
from command.schema import TrainConfig
from command.sweep import is_sweep
from command.sweep_table import told
from command.training import train


def main(cfg: DictConfig) -> None:
    """Write a run folder: config, checkpoints, curve.csv, TensorBoard events."""
    again = cfg.resume is not None or is_sweep()  # whether the same command goes on
    named = cfg.resume not in (None, AUTO)
    run = Path(cfg.resume) if named else output_folder()
    with told(run):
        if named:
            cfg = resumed(cfg)
        elif again:
            cfg = taken_up(cfg, run)
        check(cfg, TrainConfig)
        ended = None if named else done(cfg, run)
        if ended is None:
            ended = train(cfg, run, again)
    if is_first():  # of several devices, each runs this script
        print(ended)


if __name__ == "__main__":
    start(main, "train")
