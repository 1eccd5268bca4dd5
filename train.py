"""Train an enhancement network on a mixing plan, or resume a training: see conf/train.yaml."""

from pathlib import Path

from omegaconf import DictConfig
from pytorch_lightning.utilities.rank_zero import rank_zero_only

from command.check import check
from command.entry import output_folder, start
from command.schema import TrainConfig
from command.training import fit, require_unused, resumed


def main(cfg: DictConfig) -> None:
    """Write a run folder: config, checkpoints, curve.csv, TensorBoard events."""
    run = Path(cfg.resume) if cfg.resume else output_folder()
    cfg = resumed(cfg) if cfg.resume else cfg
    check(cfg, TrainConfig)
    first = rank_zero_only.rank == 0  # of several devices, each runs this script
    if not cfg.resume and first:
        require_unused(run)
    fit(cfg, run)
    if first:
        print(f"trained: {run}")


if __name__ == "__main__":
    start(main, "train")
