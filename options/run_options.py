"""What every option of train.py is to a run: what names it, tells it from others, and must stay.

Read by a sweep (what its jobs' folders are called), by resuming (what may be typed then), by
reports (which options tell runs apart), and by publishing (what means nothing elsewhere).
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

# Groups that make an enhancer; another task reads some of them, or none.
PARTS = ("network", "target", "level")
AUTO = "auto"  # value of resume: go on where something is, begin where nothing is


class Meaning(NamedTuple):
    """What an option is to a run.

    names: its value stands in the name of the run's folder, where the run is a job of a sweep.
    compared: two runs with other values are two runs to a report. fixed: it stays as it was when
    the run is resumed. machine: `trainer=...` sets it anew when a run is resumed, and no other
    option of the trainer.
    """

    names: bool
    compared: bool
    fixed: bool
    machine: bool = False


LEARNED = Meaning(names=True, compared=True, fixed=True)  # decides what is learned
# Says where and with what a run works, or what is told of it.
PLACE = Meaning(names=False, compared=False, fixed=False)
MACHINE = PLACE._replace(machine=True)
# How far a training goes, and how exactly: a run may go on otherwise, in the same folder, and a
# report says so.
COURSE = Meaning(names=False, compared=True, fixed=False)
# Decides what is learned; no name, for a path would be in it.
START = Meaning(names=False, compared=True, fixed=True)

# An option below another one is what that one is, unless it stands here itself. *: any names.
OPTIONS: Mapping[str, Meaning] = {
    "experiment": START,  # a choice of many options; those that it sets are compared
    "seed": LEARNED,
    "sample_rate": LEARNED,
    "stft": LEARNED,
    "plan": LEARNED,
    "task": LEARNED,
    "task.tunes.*root": PLACE,
    "task.tunes.*licence": PLACE,
    "task.tunes.*title": PLACE,
    "network": LEARNED,
    "target": LEARNED,
    "level": LEARNED,
    "recipe": LEARNED,
    "check_audio": LEARNED,  # without it offsets stay in the audio
    "start_from": START,
    "speech": LEARNED,
    "speech.*.root": PLACE,
    "speech.*.licence": PLACE,
    "speech.*.title": PLACE,
    "noise": LEARNED,
    "noise.*.root": PLACE,
    "noise.*.licence": PLACE,
    "noise.*.title": PLACE,
    "data": LEARNED,
    "data.route": LEARNED,  # data=rendered: the folder's plan is learned from
    "data.batch_size": LEARNED,
    "data.steps_per_epoch": LEARNED,
    "data.max_padding": LEARNED,
    "data.cache": PLACE,
    "data.folder": PLACE,
    "data.workers": PLACE,
    "trainer": COURSE,
    "trainer._target_": COURSE,
    "trainer.max_epochs": COURSE,
    "trainer.max_time": COURSE,
    "trainer.precision": COURSE,
    "trainer.accumulate_grad_batches": COURSE,
    "trainer.check_val_every_n_epoch": COURSE,
    "trainer.gradient_clip_val": COURSE,
    "trainer.devices": MACHINE,  # they share out every batch
    "trainer.num_nodes": MACHINE,
    "trainer.accelerator": MACHINE,
    "trainer.strategy": MACHINE,
    "trainer.sync_batchnorm": MACHINE,
    "trainer.compile": PLACE,  # losses agree
    "trainer.log_every_n_steps": PLACE,
    "trainer.num_sanity_val_steps": PLACE,
    "trainer.enable_model_summary": PLACE,
    "trainer.enable_progress_bar": PLACE,
    "trainer.use_distributed_sampler": PLACE,
    "data_root": PLACE,
    "cache": PLACE,
    "jobs": PLACE,
    "output": PLACE,
    "resume": PLACE,
    "checkpoint_minutes": PLACE,
    "search": PLACE,  # chooses what is typed, which is in this table itself
    "caution": PLACE,
    "published": PLACE,
    "next": PLACE,
}
NO_OPTIONS = ("_partial_", "_convert_", "_recursive_")  # how configs of before were built


def meaning(option: str) -> Meaning:
    """What `option`, a whole name ("data.batch_size") or a choice ("data"), is to a run.

    LEARNED where no entry says so.
    """
    _, _, last_name = option.rpartition(".")
    if last_name in NO_OPTIONS:
        return PLACE
    nearest = ""
    for entry in OPTIONS:
        is_about = fnmatchcase(option, entry) or option.startswith(f"{entry}.")
        if is_about and len(entry) > len(nearest):
            nearest = entry
    return OPTIONS.get(nearest, LEARNED)


def changeable() -> list[str]:
    """What may be typed when a run is resumed; of those below one another the highest."""
    free = []
    for entry, about in OPTIONS.items():
        if not about.fixed and entry != "resume":
            free.append(entry)
    highest = []
    for entry in free:
        above, _, _ = entry.rpartition(".")
        if above not in free:
            highest.append(entry)
    return highest


def compared(config: Mapping[str, Any]) -> dict[str, str]:
    """The options of a training's config that tell it from another, see `flat`."""
    return {option: value for option, value in flat(config).items() if meaning(option).compared}


def portable(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a training's config means the same on any machine.

    Without where and with what it worked, what it started from, and any absolute path.
    """
    return _portable(config, "")


def _portable(node: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    kept = {}
    for name, value in node.items():
        option = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            value = _portable(value, f"{option}.")
            if value:
                kept[name] = value
        elif _means_the_same_anywhere(meaning(option), value):
            kept[name] = value
    return kept


def _means_the_same_anywhere(about: Meaning, value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    paths = [one for one in values if isinstance(one, str) and Path(one).is_absolute()]
    course = about.compared and not about.fixed
    return (about.names or course) and not paths


def flat(node: Mapping | list, prefix: str = "") -> dict[str, str]:
    """Options of a config by their whole names, values as text; what is null is empty."""
    items = node.items() if isinstance(node, Mapping) else enumerate(node)
    options = {}
    for key, value in items:
        name = f"{prefix}{key}"
        if isinstance(value, Mapping | list) and value:
            options.update(flat(value, f"{name}."))
        elif value is None:
            options[name] = ""
        else:
            options[name] = str(value)
    return options
