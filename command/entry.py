"""How a script starts, and how it says what went wrong: one line, exit status not 0."""

import contextlib
import functools
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from command.process import Ended, in_utf8, is_first, signals, streams
from safety.atomic import write_atomic

CONF = Path(__file__).parent.parent / "conf"


def start(main: Callable[[DictConfig], None], config: str, folder: str = ".") -> None:
    """Compose `config`.yaml of conf/`folder` with the command line and call `main` with it.

    What a user can mend (a value, a file, a full disk) ends in one line and exit status 1; with HYDRA_FULL_ERROR=1 set
    the traceback is shown instead. A signal that ends the script does so in one line and exit status 128 + its number.
    """
    in_utf8()
    streams()
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    show_traceback = os.environ.get("HYDRA_FULL_ERROR") == "1"
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises instead of printing its own lines

    def guarded(task: Callable[..., None], *arguments: DictConfig) -> None:
        try:
            task(*arguments)
        except KeyboardInterrupt as error:
            ended = error if isinstance(error, Ended) else Ended()
            if is_first():
                print(f"{config}.py: {ended}", file=sys.stderr)
            raise SystemExit(ended.status) from None
        except (ValueError, OSError, HydraException, OmegaConfBaseException) as error:
            if show_traceback:
                raise
            raise SystemExit(f"{config}.py: {one_line(error)}") from None

    # Guarded twice: in the job, because Hydra would report an error of its own; around Hydra, for what it finds itself.
    job = functools.wraps(main)(functools.partial(guarded, functools.partial(_tidy, main)))
    try:
        with signals():
            guarded(hydra.main(version_base="1.3", config_path=str(CONF / folder), config_name=config)(job))
    finally:
        os.environ["HYDRA_FULL_ERROR"] = "1" if show_traceback else "0"


def _tidy(main: Callable[[DictConfig], None], cfg: DictConfig) -> None:
    """Run `main` with absolute folders; the output folder that Hydra made does not stay where nothing was put in it."""
    for option in ("data_root", "cache", "start_from"):  # a run folder must mean the same from anywhere
        if cfg.get(option):
            cfg[option] = str(Path(cfg[option]).expanduser().absolute())
    try:
        main(cfg)
    finally:
        with contextlib.suppress(OSError):  # it holds something, or was never there
            output_folder().rmdir()


def one_line(error: BaseException) -> str:
    """What `error` says, on one line; of Hydra's lists of places searched nothing."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'disk'}: {error.strerror}"
    message = " ".join(str(error).split("Config search path")[0].split())
    if isinstance(error, HydraException) and error.__cause__ is not None:
        message = f"{message} {' '.join(str(error.__cause__).split('full_key')[0].split())}"
    return re.sub(r"To append to your config use \S+", "'--cfg job' lists the options.", message)


def output_folder() -> Path:
    """The folder that this job writes to: `output`, or one below it for each job of a sweep."""
    return Path(HydraConfig.get().runtime.output_dir)


def save_config(cfg: DictConfig, folder: Path) -> None:
    """Write the config as resolved, and what was typed, to `folder`/.hydra."""
    write_atomic(folder / ".hydra" / "config.yaml", OmegaConf.to_yaml(cfg, resolve=True))
    write_atomic(folder / ".hydra" / "overrides.yaml", OmegaConf.to_yaml(HydraConfig.get().overrides.task))
