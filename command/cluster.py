"""Work over the machines of a Dask cluster instead of this one's cores."""

from collections.abc import Iterator
from contextlib import contextmanager

import joblib


@contextmanager
def workers(scheduler: str | None) -> Iterator[None]:
    """Within it, joblib's jobs run on the cluster whose `scheduler` has this address; None: on this machine.

    The workers must find the project: start them in its folder. Raises ValueError where the extra is not installed,
    OSError where nobody answers.
    """
    if scheduler is None:
        yield
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise ValueError(f"scheduler={scheduler}: needs the extra 'cluster'; pip install -e '.[cluster]'") from error
    try:
        client = Client(scheduler, timeout=30)
    except (OSError, ValueError) as error:
        raise OSError(
            None, "no Dask scheduler answers there; start one, or leave it out", f"scheduler={scheduler}"
        ) from error
    with client, joblib.parallel_config("dask"):
        yield
