"""Reports an error in the code of a class that a config names, as one line with its place."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from text.line import in_one_line

ROOT = Path(__file__).parent.parent
WHOLE = "HYDRA_FULL_ERROR=1 before the command shows all of it"


@contextmanager
def faults_named(module: str, checked: bool = True) -> Iterator[None]:
    """Turn an error that the code of `module` raises in the block into a ValueError of one line.

    The message names the file and the line of the error. module: the file of the module. checked:
    ValueErrors of the module are meant for the user, as those of a constructor are; they do not
    change.
    """
    try:
        yield
    except OSError:
        raise
    except SyntaxError as error:
        place = f"{_shown(error.filename or module)}, line {error.lineno}"
        raise ValueError(f"{place}: {type(error).__name__}: {error.msg}; {WHOLE}") from error
    except Exception as error:
        line = _last_line(error, module)
        if isinstance(error, ValueError) and (checked or line is None):
            raise
        place = _shown(module) if line is None else f"{_shown(module)}, line {line}"
        reason = in_one_line(error)
        raise ValueError(f"{place}: {type(error).__name__}: {reason}; {WHOLE}") from error


def is_own(module: str) -> bool:
    """Whether a file belongs to no library; errors of libraries are handled elsewhere."""
    return not {"site-packages", "dist-packages"} & set(Path(module).parts)


def _last_line(error: Exception, module: str) -> int | None:
    """The last line of `module` in the traceback of `error`; None where it has no such line."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == Path(module)
    ]
    return lines[-1] if lines else None


def _shown(module: str) -> str:
    path = Path(module)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else module
