"""An error in the code of a class that a config names, as a line that says where it happened."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
WHOLE = "HYDRA_FULL_ERROR=1 before the command shows all of it"


@contextmanager
def faults_named(module: str, checked: bool = True) -> Iterator[None]:
    """An error that the code of a module raises within it, as a ValueError of one line.

    It says in which line of which file it happened. module: the file of the module. checked: its
    ValueErrors speak to the user already, as those of a constructor do, and stay as they are.
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
        reason = " ".join(str(error).split())
        raise ValueError(f"{place}: {type(error).__name__}: {reason}; {WHOLE}") from error


def is_own(module: str) -> bool:
    """Whether a file is no library's: their refusals have handlers of their own."""
    return not {"site-packages", "dist-packages"} & set(Path(module).parts)


def _last_line(error: Exception, module: str) -> int | None:
    """The line of `module` that `error` came through last; None where it did not."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == Path(module)
    ]
    return lines[-1] if lines else None


def _shown(module: str) -> str:
    path = Path(module)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else module
