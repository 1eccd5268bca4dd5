"""The start of a script, and its error messages: one line, exit status not 0."""

import contextlib
import functools
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from command import message
from command.help import asks_for_help, help_text
from command.message import MENDABLE
from command.moved import refuse_moved
from command.process import Ended, in_utf8, is_first, signals, sleep_soon, streams
from command.suggestion import suggesting
from command.sweep import (
    JobFailedError,
    fail,
    failures,
    is_launched,
    is_sweep,
    note_swept,
    require_all,
)
from datagen.roles import ROLES
from files.atomic import write_atomic
from files.owner import owned
from options.choices import CONF

TRACEBACK = "CLARION_TRACEBACK"  # the user's HYDRA_FULL_ERROR, for job processes of a sweep


def start(
    main: Callable[[DictConfig], None], config: str, folder: str = ".", alone: bool = False
) -> None:
    """Compose `config`.yaml of conf/`folder` with the command line and call `main` with it.

    alone: no other process may write to the output folder meanwhile.

    An error that the user can mend (a value, a file, a full disk) ends the script with one line and
    exit status 1; HYDRA_FULL_ERROR=1 shows the traceback instead. A failed job of a sweep does not
    stop the others.
    """
    in_utf8()
    streams()
    sleep_soon()
    sys.argv[1:] = options_last(sys.argv[1:])
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    asked = os.environ.get(TRACEBACK if is_launched() else "HYDRA_FULL_ERROR", "0")
    show_traceback = asked == "1"
    os.environ[TRACEBACK] = asked
    os.environ["HYDRA_FULL_ERROR"] = "1"  # makes Hydra raise instead of printing its messages
    note_swept(sys.argv[1:])

    @functools.wraps(main)
    def job(cfg: DictConfig) -> None:
        guard = _of_a_sweep if is_sweep() else _one_line
        with guard(config, show_traceback):
            _tidy(main, cfg, alone)

    place = str(CONF / folder)
    composed = hydra.main(version_base="1.3", config_path=place, config_name=config)
    try:
        # Guarded twice: in the job, because Hydra would report its error otherwise; here for errors
        # that Hydra raises.
        with _one_line(config, show_traceback), signals():
            refuse_moved(config, sys.argv[1:])
            if asks_for_help(sys.argv[1:]):
                print(help_text(config, CONF / folder, sys.argv[1:]))
                return
            run = composed(job)
            with suggesting(config, CONF / folder, sys.argv[1:]):
                run()
            require_all()
    finally:
        os.environ["HYDRA_FULL_ERROR"] = "1" if show_traceback else "0"


def options_last(arguments: Sequence[str]) -> list[str]:
    """A command line with its options, `name=value` and `~name`, behind its flags such as -m.

    Hydra refuses options on both sides of a flag.
    """
    return sorted(arguments, key=_is_option)  # sorting keeps the order of equals


def _is_option(argument: str) -> bool:
    return not argument.startswith("-") and ("=" in argument or argument.startswith("~"))


@contextlib.contextmanager
def _one_line(script: str, show_traceback: bool) -> Iterator[None]:
    """Print one line for an error that a user can mend, and exit with status 1."""
    try:
        yield
    except JobFailedError:
        if is_launched():  # its sweep counts the failed jobs
            raise SystemExit(1) from None
        raise SystemExit(f"{script}.py: {failures()}") from None
    except KeyboardInterrupt as error:
        ended = error if isinstance(error, Ended) else Ended()
        if is_first():
            print(f"{script}.py: {ended}", file=sys.stderr)
        raise SystemExit(ended.status) from None
    except MENDABLE as error:
        if show_traceback:
            raise
        raise SystemExit(f"{script}.py: {message.one_line(error)}") from None


@contextlib.contextmanager
def _of_a_sweep(script: str, show_traceback: bool) -> Iterator[None]:
    """Print and note an error of one job of a sweep, so that the next job begins."""
    try:
        yield
    except Exception as error:
        if show_traceback or not isinstance(error, MENDABLE):
            traceback.print_exc()
        fail(script, message.one_line(error))


def _tidy(main: Callable[[DictConfig], None], cfg: DictConfig, alone: bool) -> None:
    """Run `main` with absolute folders.

    Removes the output folder that Hydra made if it is empty.
    """
    make_absolute(cfg)
    folder = output_folder()
    try:
        with owned(folder) if alone else contextlib.nullcontext():
            main(cfg)
    finally:
        with contextlib.suppress(OSError):  # it is not empty, or does not exist
            folder.rmdir()


def make_absolute(cfg: DictConfig) -> None:
    """Make the folders of `cfg` absolute, so that a run folder is valid from any current folder."""
    options = ["data_root", "cache", "start_from", "data.folder", "task.tunes.root"]
    for role in ROLES:
        corpora = OmegaConf.select(cfg, role) or {}
        options += [f"{role}.{name}.root" for name in corpora]
    for option in options:
        folder = OmegaConf.select(cfg, option)
        if isinstance(folder, str) and folder:
            path = Path(folder).expanduser().absolute()
            OmegaConf.update(cfg, option, str(path))


def output_folder() -> Path:
    """The output folder of this job: `output`, or a folder below it for a job of a sweep."""
    return Path(HydraConfig.get().runtime.output_dir)


def save_config(cfg: DictConfig, folder: Path) -> None:
    """Write the resolved config, and the typed options, to `folder`/.hydra."""
    config = OmegaConf.to_yaml(cfg, resolve=True)
    overrides = OmegaConf.to_yaml(HydraConfig.get().overrides.task)
    write_atomic(folder / ".hydra" / "config.yaml", config)
    write_atomic(folder / ".hydra" / "overrides.yaml", overrides)
