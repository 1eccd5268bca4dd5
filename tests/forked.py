"""Scripts in processes that are forked from this one, and so begin at once; to be killed."""

import contextlib
import os
import runpy
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import tiny_run
import torch

from models.enhancement_learner import EnhancementLearner

BEGIN_S = 300.0  # within which a step must begin, on a busy machine too


class Script:
    """NAME.py with `typed` behind it, in a process group of its own.

    before: called in that process, before the script. environment: more of it. What it says goes
    to the file `told`.
    """

    def __init__(
        self,
        name: str,
        told: Path,
        typed: list[str],
        before: Callable[[], None] = lambda: None,
        **environment: str,
    ):
        self.told = told
        self.pid = os.fork()
        if self.pid == 0:
            os.environ.update(environment)
            before()
            _run(name, told, typed)

    def is_running(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def send(self, number: int) -> None:
        """Send a signal to all of its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> int:
        """Kill all of its group without notice."""
        self.send(signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """Its exit status, as shells have it."""
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return 128 - code if code < 0 else code


class Training(Script):
    """`train.py`, whose steps are told.

    validation: called before each of its steps of validation.
    """

    def __init__(
        self,
        told: Path,
        typed: list[str],
        validation: Callable = lambda *step: None,
        **environment: str,
    ):
        self.steps, writing = os.pipe()

        def before() -> None:
            os.close(self.steps)
            _tell_steps(writing, validation)

        super().__init__("train", told, typed, before, **environment)
        os.close(writing)

    def step(self) -> bool:
        """Wait until one more step has begun; False where none does, for it has ended."""
        ready, _, _ = select.select([self.steps], [], [], BEGIN_S)
        assert ready, f"no step within {BEGIN_S} s: {self.told.read_text()}"
        return os.read(self.steps, 1) != b""

    def wait(self) -> int:
        code = super().wait()
        os.close(self.steps)
        return code


def _run(name: str, told: Path, typed: list[str]) -> None:
    """Become NAME.py; never returns."""
    code = 1
    try:
        os.setsid()
        with told.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
        sys.stderr = sys.__stderr__ = os.fdopen(2, "w", buffering=1, closefd=False)
        for number in (signal.SIGTERM, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        script = str(tiny_run.ROOT / f"{name}.py")
        sys.argv = [script, *typed]
        runpy.run_path(script, run_name="__main__")
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _tell_steps(steps: int, validation: Callable) -> None:
    """Write a byte to `steps` whenever a step of training begins; call `validation` before its."""
    original, validate = EnhancementLearner.training_step, EnhancementLearner.validation_step

    def step(module: EnhancementLearner, batch: dict, index: int) -> torch.Tensor:
        os.write(steps, b"x")
        return original(module, batch, index)

    def validation_step(module: EnhancementLearner, batch: dict, index: int) -> None:
        validation(module, batch, index)
        validate(module, batch, index)

    EnhancementLearner.training_step, EnhancementLearner.validation_step = step, validation_step


def killed_after(training: Training, steps: int, delay_s: float) -> bool:
    """Kill `training` once `steps` have begun and a little later; False if it ended before."""
    for _ in range(steps):
        if not training.step():
            training.wait()
            return False
    time.sleep(delay_s)
    training.kill()
    return True


def pair(told: Path, typed: list[str]) -> list[Training]:
    """A training on two processes, as torchrun starts them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    processes = []
    for rank in "01":
        environment = {
            "TORCHELASTIC_RUN_ID": "x",
            "WORLD_SIZE": "2",
            "LOCAL_WORLD_SIZE": "2",
            "RANK": rank,
            "LOCAL_RANK": rank,
            "GROUP_RANK": "0",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
        }
        processes.append(Training(told.with_name(f"told{rank}"), typed, **environment))
    return processes
