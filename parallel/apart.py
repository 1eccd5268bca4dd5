"""A process that works apart from this one, whose end is no end of the work."""

import os
import re
from collections.abc import Callable
from typing import Any

from joblib.externals.loky.process_executor import ProcessPoolExecutor, TerminatedWorkerError

from parallel.children import end_with_parent

EXIT = re.compile(r"\{(\w+)\((-?\d+)\)")  # in loky's message: {SIGSEGV(-11)}, {EXIT(3)}


class Apart:
    """A process that does one thing at a time; where it ends, the next thing has a new one."""

    def __init__(self):
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, function: Callable, item: Any) -> Any:
        """`function(item)`; raises ChildProcessError, which says how, where its process ends."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, initializer=end_with_parent, initargs=(os.getpid(),)
            )
        try:
            return self._pool.submit(function, item).result()
        except TerminatedWorkerError as error:
            self._pool = None
            raise ChildProcessError(f"its process ended{_how(error)}") from error


def _how(error: TerminatedWorkerError) -> str:
    """By which signal, or with which status, where that is known."""
    exit_ = EXIT.search(str(error))
    if exit_ is None:
        return ""
    name, status = exit_.groups()
    return f" with status {status}" if name == "EXIT" else f" by {name}"
