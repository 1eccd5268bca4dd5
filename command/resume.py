"""Going on with a run: what may be typed then, where it stands, and what its folder must hold."""

from collections.abc import Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from models.checkpoints import require_training
from models.run import BEST, CONFIG, LAST, checkpoint, run_config
from options.typed import typed
from reporting.tables.sweep import flat

MAY_CHANGE = ("trainer.", "trainer=", "data.workers=", "data.cache=", "data.folder=", "data_root=", "cache=", "jobs=")
OF_A_START = ("output=", "resume=")
DEVICES = ("accelerator", "devices", "strategy", "num_nodes", "sync_batchnorm")  # what trainer=... changes of a run


def resumed(cfg: DictConfig) -> DictConfig:
    """The config of the run to resume, with the few overrides that may differ; ValueError naming any other."""
    given = [item.lstrip("+") for item in HydraConfig.get().overrides.task]
    given = [item for item in given if not item.startswith(("resume=", "output="))]
    if refused := [item for item in given if not item.startswith(MAY_CHANGE)]:
        raise ValueError(
            f"{typed('resume', cfg.resume)}: goes on with the config of that run, so {', '.join(refused)} cannot be "
            f"given; only {', '.join(MAY_CHANGE)} may change"
        )
    run = run_config(Path(cfg.resume))
    return OmegaConf.merge(run, _changed(cfg, run, given), {"resume": cfg.resume})


def _changed(cfg: DictConfig, run: DictConfig, given: Sequence[str]) -> DictConfig:
    """What was typed, as composed: a value is what Hydra read it as."""
    changed = OmegaConf.create()
    if any(item.startswith("trainer=") for item in given):
        if "trainer" in run:
            for name in DEVICES:
                run.trainer.pop(name, None)
        for name in DEVICES:
            if name in cfg.trainer:
                OmegaConf.update(changed, f"trainer.{name}", cfg.trainer[name], force_add=True)
    for option in (item.partition("=")[0] for item in given if not item.startswith("trainer=")):
        OmegaConf.update(changed, option, OmegaConf.select(cfg, option), force_add=True)
    return changed


def taken_up(cfg: DictConfig, run: Path) -> DictConfig:
    """`cfg` of a job of a sweep, to go on in `run` where an earlier start of the same sweep had begun it.

    Raises ValueError where `run` was trained with other options.
    """
    if not (run / CONFIG).exists():
        return cfg
    before, now = (flat(OmegaConf.to_container(config, resolve=True)) for config in (run_config(run), cfg))
    options = sorted(option for option in before.keys() | now.keys() if before.get(option, "") != now.get(option, ""))
    if other := [option for option in options if not f"{option}=".startswith((*MAY_CHANGE, *OF_A_START))]:
        raise ValueError(
            f"{run}: was begun with another {', '.join(other[:5])}; choose another output, or go on with it by "
            f"{typed('resume', run)}"
        )
    return OmegaConf.merge(cfg, {"resume": str(run)})


def require_unused(run: Path) -> None:
    """Raise ValueError where `run` holds the checkpoints of a training: a new one would replace them unasked."""
    if any((run / LAST.parent).glob("*.ckpt")):
        raise ValueError(
            f"{typed('output', run)}: holds a training; go on with it by {typed('resume', run)}, "
            "or choose another output"
        )


def steps_done(run: Path) -> int | None:
    """After how many steps the training in `run` goes on; None where it has not finished an epoch.

    Raises ValueError where its last checkpoint is damaged, of something else, or gone while its best one is there.
    """
    if not (run / LAST).exists():
        if (run / BEST).exists():
            raise ValueError(
                f"{run}: has no {LAST}, so there is nothing to go on from, and its {BEST} is not replaced; restore "
                f"{LAST}, or begin another run with {typed('start_from', run)}"
            )
        return None
    content = checkpoint(run, LAST)
    require_training(content, run / LAST)
    return content["global_step"]
