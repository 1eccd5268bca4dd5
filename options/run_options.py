"""The meaning of every option of train.py to a run: whether it names, distinguishes or fixes it.

A sweep names the folders of its jobs by this table. Resuming takes from it the options that may
change, a report the options that distinguish runs, and publishing the options that have no meaning
on another machine.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

# Groups that make an enhancer; other tasks read some of them, or none.
PARTS = ("network", "target", "level")
AUTO = "auto"  # value of resume: continue where a run exists, otherwise begin


class Meaning(NamedTuple):
    """The meaning of an option to a run.

    names: its value is part of the folder's name, where the run is a job of a sweep. compared: a
    report distinguishes runs by its value. fixed: it cannot change when the run is resumed.
    machine: `trainer=...` sets only such options of the trainer anew when a run is resumed.
    """

    names: bool
    compared: bool
    fixed: bool
    machine: bool = False


LEARNED = Meaning(names=True, compared=True, fixed=True)  # decides the learned weights
# The place and the means of a run, or its messages.
PLACE = Meaning(names=False, compared=False, fixed=False)
MACHINE = PLACE._replace(machine=True)
# The length and the precision of a training: a resumed run may change them, and a report shows it.
COURSE = Meaning(names=False, compared=True, fixed=False)
# Decides the learned weights, but does not name a folder, because its value may be a path.
START = Meaning(names=False, compared=True, fixed=True)

# An option has the meaning of its nearest parent in this table. *: any names.
OPTIONS: Mapping[str, Meaning] = {
    "experiment": START,  # a choice of many options, which are compared themselves
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
    "check_audio": LEARNED,  # without it the offsets of audio are not removed
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
    "data.route": LEARNED,  # data=rendered: the training uses the folder's plan
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
    "trainer.devices": MACHINE,  # devices share every batch
    "trainer.num_nodes": MACHINE,
    "trainer.accelerator": MACHINE,
    "trainer.strategy": MACHINE,
    "trainer.sync_batchnorm": MACHINE,
    "trainer.compile": PLACE,  # it does not change the losses
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
    "search": PLACE,  # sets other options of this table
    "caution": PLACE,
    "published": PLACE,
    "next": PLACE,
}
NO_OPTIONS = ("_partial_", "_convert_", "_recursive_")  # directives in configs of older versions


def meaning(option: str) -> Meaning:
    """The meaning of `option`, a whole name ("data.batch_size") or a choice ("data").

    It is LEARNED for an option without an entry.
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
    """The options that may change when a run is resumed; an option stands for all below it."""
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
    """The options of a training's config that distinguish it from other trainings, see `flat`."""
    return {option: value for option, value in flat(config).items() if meaning(option).compared}


def portable(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a training's config that has the same meaning on every machine.

    It lacks the place and the means of the training, its starting point, and all absolute paths.
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
    """The options of a config by their whole names, with values as text; null becomes ""."""
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
