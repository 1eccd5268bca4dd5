"""Train an enhancement network on a mixing plan, or resume a training: see conf/train.yaml."""

from pathlib import Path

from omegaconf import DictConfig

from command.entry import output_folder, save_config, start
from command.schema import TrainConfig, check
from command.training import fit, resumed


def main(cfg: DictConfig) -> None:
    """Write a run folder: config, checkpoints, curve.csv, TensorBoard events."""
    run = Path(cfg.resume) if cfg.resume else output_folder()
    cfg = resumed(cfg) if cfg.resume else cfg
    check(cfg, TrainConfig)
    if not cfg.resume:
        save_config(cfg, run)
    fit(cfg, run)
    print(f"trained: {run}")


if __name__ == "__main__":
    start(main, "train")
