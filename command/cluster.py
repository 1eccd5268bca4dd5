"""Spreads work over the machines of a Dask cluster instead of this machine's cores."""

import logging
import pickle
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from command.message import named
from options.extras import install
from parallel.spread import Spread

ANSWER_S = 30  # time for a scheduler to answer, for workers to connect, and to reconnect
GONE = "the Dask scheduler is gone; start it"
LOGGERS = ("distributed", "tornado")  # the loggers of Dask


@contextmanager
def workers(
    scheduler: str | None, packages: Sequence[str], require: Callable[[Any], None]
) -> Iterator[Spread | None]:
    """A function that spreads work over the cluster at the address `scheduler`; None for None.

    None means that this machine does the work. Every worker is sent the current code of `packages`
    and of the packages that they import. require: called with the client; raises ValueError if a
    worker cannot do what this machine can. Also raises ValueError if the extra is not installed,
    and OSError if the scheduler does not answer or there are no workers. The work raises OSError if
    the cluster is lost.
    """
    if scheduler is None:
        yield None
        return
    with _connected(scheduler) as client:
        from command.sent_code import code_to_send

        code = code_to_send(packages)
        _wait_for_a_worker(client, scheduler)
        try:
            client.register_plugin(code, name=code.name)
        except Exception as error:  # any error that a worker raised
            problem = f"a worker cannot take the code: {named(error)}"
            raise ValueError(f"scheduler={scheduler}: {problem}") from error
        try:
            require(client)
            yield lambda function, items: _spread(client, scheduler, function, items)
        finally:
            with suppress(Exception):  # the cluster may be lost
                client.unregister_worker_plugin(code.name)


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler, without Dask's messages; errors here report a lost cluster."""
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        remedy = f"needs the extra 'cluster'; {install('cluster')}"
        raise ValueError(f"scheduler={scheduler}: {remedy}") from error
    _silence_dask()
    # Signals are large.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        try:
            client = Client(scheduler, timeout=ANSWER_S)
        except (OSError, ValueError) as error:
            remedy = "start one (dask scheduler), or leave it out"
            problem = f"no Dask scheduler answers there; {remedy}"
            raise OSError(None, problem, f"scheduler={scheduler}") from error
        try:
            yield client
        finally:
            client.close(timeout=2)


def _silence_dask() -> None:
    """Hide Dask's messages about lost workers and about versions that do not affect a score."""
    for name in list(logging.root.manager.loggerDict):
        package = name.split(".")[0]
        if package in LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", "Mismatched versions")


def _wait_for_a_worker(client: Any, scheduler: str) -> None:
    """Raise OSError if no worker connects."""
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError as error:
        problem = f"has no workers; start some on its machines: dask worker {scheduler}"
        raise OSError(None, problem, f"scheduler={scheduler}") from error


def _spread(client: Any, scheduler: str, function: Callable, items: Iterable) -> Iterator[Any]:
    """The results of `function` as they come.

    Two items per thread of the cluster run or wait at any time. If a worker dies, another worker
    repeats its items. An item that ended several workers is given up; its error is raised after all
    other items are done.
    """
    watch = _Watch(client, scheduler)
    waiting = iter(items)
    running = set()
    given_up = []
    while True:
        room = 2 * watch.threads - len(running)
        for item in islice(waiting, max(room, 0)):
            running.add(_submit(client, function, item))
        if not running:
            break
        done = _first_done(running)
        watch.check({future.status for future in running})
        for future in done:
            if _killed_its_workers(future):
                given_up.append(future)
            else:
                yield watch.result(future)
        running -= done
    if given_up:
        raise _lost(scheduler, len(given_up), given_up[0].exception())


def _killed_its_workers(future: Any) -> bool:
    from distributed import KilledWorker

    return future.status == "error" and isinstance(future.exception(), KilledWorker)


def _lost(scheduler: str, count: int, error: Any) -> OSError:
    """The error for `count` items that ended every worker that took them."""
    last = getattr(error, "last_worker", None)
    where = f" (the last one at {last.address})" if last else ""
    problem = (
        f"{count} pieces of the work ended every worker that took them{where}; give workers more "
        "memory, see what they say, and run the same command again: all else is done and kept"
    )
    return OSError(None, problem, f"scheduler={scheduler}")


def _submit(client: Any, function: Callable, item: Any) -> Any:
    """The future of one call."""
    import cloudpickle

    from command.sent_code import Call

    call = cloudpickle.dumps(Call(function, item))
    return client.submit(pickle.loads, call, pure=False)


def _first_done(running: set) -> set:
    """The futures that finish within a second."""
    from distributed import wait

    try:
        return wait(running, timeout=1, return_when="FIRST_COMPLETED").done
    except (TimeoutError, CancelledError):  # cancelled: the scheduler is gone, as `_Watch` will see
        return set()


class _Watch:
    """Checks that the cluster is still there. threads: number of threads of its workers, or 1."""

    def __init__(self, client: Any, scheduler: str):
        self.client = client
        self.scheduler = scheduler
        self.last_seen_s = time.monotonic()
        self.threads = 1
        self.check(set())

    def check(self, statuses: set[str]) -> None:
        """Raise OSError if the scheduler is gone, or if all workers are gone for ANSWER_S.

        statuses: of the submitted futures.
        """
        futures_are_lost = not statuses.isdisjoint({"cancelled", "lost"})
        if self.client.status != "running" or futures_are_lost:
            raise self._error(GONE)
        try:
            threads_of_workers = self.client.nthreads()
        except OSError as error:
            raise self._error(GONE) from error
        threads = sum(threads_of_workers.values())
        now_s = time.monotonic()
        if threads:
            self.last_seen_s = now_s
        elif now_s - self.last_seen_s > ANSWER_S:
            raise self._error(f"its workers are gone; start some (dask worker {self.scheduler})")
        self.threads = max(threads, 1)

    def result(self, future: Any) -> Any:
        """The result of a future that has finished; raises its error, or OSError if it is lost."""
        try:
            return future.result()
        except CancelledError as error:
            raise self._error(GONE) from error

    def _error(self, problem: str) -> OSError:
        remedy = "and run the same command again: what is done is kept"
        return OSError(None, f"{problem} {remedy}", f"scheduler={self.scheduler}")
