"""The part of a training's config that its task reads."""

from omegaconf import DictConfig, OmegaConf

from command.typed_options import typed_options
from models.run import task_name
from options.run_options import PARTS
from tasks.task import task_of


def of_task(cfg: DictConfig) -> DictConfig:
    """`cfg` without the groups that its task does not read.

    Raises ValueError if one of these groups was typed, or if the task does not exist.
    """
    unread = [group for group in PARTS if group not in task_of(cfg).groups]
    for option in typed_options():
        group, _, _ = option.partition(".")
        if group in unread:
            raise ValueError(
                f"{option}: task={task_name(cfg)} does not read it; "
                "'--help' lists the options of task"
            )
    return OmegaConf.masked_copy(cfg, [option for option in cfg if option not in unread])
