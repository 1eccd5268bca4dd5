"""Work over the machines of a Dask cluster instead of this one's cores."""

import logging
import pickle
import platform
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from metrics.metric import Metric
from metrics.table import scores_of
from reporting.scoring.score_plan import Spread

ANSWER_S = 30  # for a scheduler to answer, for workers to come, and to come back
LIBRARIES = ("numpy", "scipy", "pesq", "pystoi", "mir_eval")  # that decide what a score is
Metrics = Mapping[str, Metric]

log = logging.getLogger(__name__)


@contextmanager
def workers(scheduler: str | None, metrics: Mapping[int, Metrics]) -> Iterator[Spread | None]:
    """What spreads work over the cluster whose `scheduler` has this address; None for None: this machine does it.

    Every worker is sent the code as it is now, whatever folder it was started in, and tries `metrics` (by sample rate)
    out. Raises ValueError where the extra is not installed or a worker cannot do what this machine can, OSError where
    nobody answers or there are no workers; the work itself raises OSError where the cluster is lost.
    """
    if scheduler is None:
        yield None
        return
    with _connected(scheduler) as client:
        from command.sent_code import code_to_send

        code = code_to_send()
        _all_there(client, scheduler)
        try:
            client.register_plugin(code, name=code.name)
        except Exception as error:  # whatever a worker raised
            raise ValueError(f"scheduler={scheduler}: a worker cannot take the code: {_named(error)}") from error
        try:
            _try_out(client, metrics)
            yield lambda function, items: _spread(client, scheduler, function, items)
        finally:
            with suppress(Exception):  # of a cluster that is lost
                client.unregister_worker_plugin(code.name)


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise ValueError(f"scheduler={scheduler}: needs the extra 'cluster'; pip install -e '.[cluster]'") from error
    for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what is lost is said here, once
    warnings.filterwarnings("ignore", "Mismatched versions")  # said here too, of what matters
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):  # signals are large
        try:
            client = Client(scheduler, timeout=ANSWER_S)
        except (OSError, ValueError) as error:
            raise OSError(
                None,
                "no Dask scheduler answers there; start one (dask scheduler), or leave it out",
                f"scheduler={scheduler}",
            ) from error
        try:
            yield client
        finally:
            client.close(timeout=2)


def _all_there(client: Any, scheduler: str) -> None:
    """Wait for a worker; OSError where none comes."""
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError as error:
        raise OSError(
            None, f"has no workers; start some on its machines: dask worker {scheduler}", f"scheduler={scheduler}"
        ) from error


def _try_out(client: Any, metrics: Mapping[int, Metrics]) -> None:
    """ValueError naming a worker that cannot compute what can be computed here; a note where its libraries differ."""
    _note_versions(client)
    for rate, of_rate in metrics.items():
        reference, noise = np.random.default_rng(0).standard_normal((2, rate)) * 0.1
        pairs = [(0, reference, reference + noise, of_rate)]
        ((_, here),) = scores_of(pairs, rate)
        for worker, found in client.run(scores_of, pairs, rate, on_error="return").items():
            if isinstance(found, BaseException):
                raise ValueError(f"{worker}: cannot score: {_named(found)}; install there what is installed here")
            ((_, there),) = found
            for name, (_, reason) in there.items():
                if reason != here[name][1]:
                    raise ValueError(f"{worker}: metric.{name}: {reason}; install there what is installed here")


def _note_versions(client: Any) -> None:
    ours = {"Python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    asked = {"Python": client.run(platform.python_version)}
    asked |= {name: client.run(version, name, on_error="return") for name in LIBRARIES}
    for name, found in asked.items():
        others = {"none" if isinstance(v, PackageNotFoundError) else str(v) for v in found.values()} - {ours[name]}
        if others:
            log.warning("note: workers have %s %s, here it is %s", name, ", ".join(sorted(others)), ours[name])


def _spread(client: Any, scheduler: str, function: Callable, items: Iterable) -> Iterator[Any]:
    """Results of `function` as they come; two items for every thread of the cluster are under way at any time."""
    import cloudpickle
    from distributed import wait

    from command.sent_code import Call

    running, lost = set(), _Lost(client, scheduler)
    items = iter(items)
    more = True
    while more or running:
        while more and len(running) < 2 * lost.threads:
            item = next(items, lost)
            if more := item is not lost:
                running.add(client.submit(pickle.loads, cloudpickle.dumps(Call(function, item)), pure=False))
        try:
            done = wait(running, timeout=1, return_when="FIRST_COMPLETED").done if running else set()
        except TimeoutError:
            done = set()
        lost.check({future.status for future in running})
        for future in done:
            yield future.result()
        running -= done


class _Lost:
    """Whether the cluster is still there."""

    def __init__(self, client: Any, scheduler: str):
        self.client, self.scheduler = client, scheduler
        self.seen, self.threads = time.monotonic(), 1
        self.check(set())

    def check(self, statuses: set[str]) -> None:
        """OSError where the scheduler is gone, or all workers have been gone for ANSWER_S."""
        if self.client.status != "running" or statuses & {"cancelled", "lost"}:
            raise self._error("the Dask scheduler is gone; start it")
        self.threads = sum(self.client.nthreads().values())
        if self.threads:
            self.seen = time.monotonic()
        elif time.monotonic() - self.seen > ANSWER_S:
            raise self._error(f"its workers are gone; start some (dask worker {self.scheduler})")
        self.threads = max(self.threads, 1)

    def _error(self, what: str) -> OSError:
        remedy = "and run the same command again: what was scored is kept"
        return OSError(None, f"{what} {remedy}", f"scheduler={self.scheduler}")


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
