"""Train an enhancement network on a mixing plan, or resume a training: see conf/train.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> float | None:
    """Write a run folder: config, checkpoints, curve.csv, TensorBoard events.

    Returns the best validation loss, None before the first one.
    """
    from command.announcement import announce
    from command.entry import output_folder
    from command.process import is_first
    from command.time_limit import enough_time
    from options.run_options import AUTO

    named = cfg.resume not in (None, AUTO)
    run = Path(cfg.resume) if named else output_folder()
    with enough_time(run):
        if is_first():  # with several devices, each process runs this script
            announce(run, named)  # the next imports take seconds
        return _trained(cfg, run, named)


def _trained(cfg: DictConfig, run: Path, named: bool) -> float | None:
    """Train into `run`; named: whether `resume` names it."""
    from command.announcement import say_next
    from command.check import check
    from command.entry import CONF
    from command.experiment import require_experiment
    from command.process import is_first
    from command.resume import resumed, taken_up
    from command.resume_check import require_an_end_ahead, require_its_own_folder
    from command.sweep import is_sweep
    from command.sweep_table import PRUNED, best_loss, kept_row
    from command.task import of_task
    from command.train_schema import TrainConfig
    from tasks.task import task_of

    again = cfg.resume is not None or is_sweep()  # whether the same command resumes
    with kept_row(run) as reached:
        if named:
            given, cfg = cfg, resumed(cfg)
            require_its_own_folder(given, run)
            require_an_end_ahead(cfg, run)
        else:
            require_experiment(cfg, CONF, "train")
            cfg = of_task(cfg)
            if again:
                cfg = taken_up(cfg, run)
        check(cfg, TrainConfig)
        from command.outcome import done  # Lightning, which this imports, takes seconds
        from command.pruning import score_of
        from command.training import train

        score = score_of(cfg)
        if score:
            from command.trial_score import keep_score, require_score

            require_score(cfg, score)
        ended = before = None if named else done(cfg, run)
        if ended is None:
            ended = train(cfg, run, again)
        if score and is_first() and ended.state != PRUNED:
            keep_score(cfg, score, run, anew=before is None)
        reached.state = ended.state
    loss = best_loss(run)
    if is_first():
        print(ended.line)
        if loss is not None and not is_sweep():
            say_next(run, task_of(cfg).serves)
    return loss


if __name__ == "__main__":
    begin(main, "train")
