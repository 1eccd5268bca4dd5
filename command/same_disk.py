"""Workers of a Dask cluster that must see this machine's disk, and be able to do their work."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from command.cluster import workers
from command.message import named
from files.atomic import TEMPORARY_PREFIX
from files.shared import lacking
from parallel.spread import Spread


def workers_on_this_disk(
    scheduler: str | None,
    packages: Sequence[str],
    work: Callable[[Any], Any],
    folder: Path,
    paths: Sequence[Path],
) -> AbstractContextManager[Spread | None]:
    """See `command.cluster.workers`; also raises as `require_same_disk`, which has the rest."""
    require = partial(require_same_disk, work=work, folder=folder, paths=paths)
    return workers(scheduler, packages, require)


def require_same_disk(
    client: Any, work: Callable[[list], Any], folder: Path, paths: Sequence[Path]
) -> None:
    """Raise ValueError naming a worker that cannot do `work`, or that sees another disk.

    work: called without items. folder: the output of workers. paths: their input.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", prefix=TEMPORARY_PREFIX, dir=folder) as mark:
        mark.write(mark.name)
        mark.flush()
        seen = client.run(lacking, mark.name, list(map(str, paths)), on_error="return")
    for worker, there in seen.items():
        if isinstance(there, BaseException):
            raise ValueError(f"{worker}: cannot look at its disk: {named(there)}")
        if there:
            remedy = "start workers where the same folders are, or leave scheduler out"
            raise ValueError(f"{worker}: does not have {there}; {remedy}")
    tried = client.run(work, [], on_error="return")
    for worker, there in tried.items():
        if isinstance(there, BaseException):
            problem = f"cannot do its work: {named(there)}"
            raise ValueError(f"{worker}: {problem}; install there what is installed here")
