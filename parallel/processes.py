"""Processes of this machine."""

import os


def is_process(pid: int) -> bool:
    """Whether a process with the number `pid` runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it belongs to another user
        return True
    return True
