"""Child processes whose output is passed on, each line behind the label of its process."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TextIO


class Labelled:
    """A process that runs `command`; this process prints its output, line by line."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], label: str):
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self._copies = []
        for from_stream, to in (
            (self.process.stdout, sys.stdout),
            (self.process.stderr, sys.stderr),
        ):
            copy = threading.Thread(target=_copy, args=(from_stream, to, label), daemon=True)
            copy.start()
            self._copies.append(copy)

    def status(self) -> int | None:
        """The exit status, after all output has been printed; None while the process runs."""
        status = self.process.poll()
        if status is not None:
            for copy in self._copies:
                copy.join(timeout=1)  # a child of its own may hold the stream open
        return status

    def send(self, number: int) -> None:
        """Send a signal to the process if it still runs."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)


def _copy(from_stream: TextIO, to: TextIO, label: str) -> None:
    with from_stream:
        for line in from_stream:
            print(f"{label}{line}" if line.strip() else line, end="", file=to, flush=True)
