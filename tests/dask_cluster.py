"""A Dask cluster of real processes that know nothing of the project."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Cluster:
    """address: of the scheduler. workers: processes without a nanny, one thread each."""

    def __init__(self, folder: Path, file: Path):
        self.folder, self.file = folder, file
        self.scheduler = self.start("scheduler", "--port", "0")
        self.workers: list[subprocess.Popen] = []

    @property
    def address(self) -> str:
        """Waits for the scheduler, which may be writing its file now."""
        from distributed.utils import json_load_robust  # an extra of the project

        return json_load_robust(self.file, timeout=60)["address"]

    def start(self, *role: str) -> subprocess.Popen:
        alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        common = ["--no-dashboard", "--scheduler-file", str(self.file)]
        command = [sys.executable, "-m", "dask", *role, *common]
        return subprocess.Popen(command, cwd=self.folder, env=alone, **quiet)

    def add_worker(self) -> subprocess.Popen:
        self.workers.append(self.start("worker", "--nthreads", "1", "--no-nanny"))
        return self.workers[-1]


@contextmanager
def running(tmp_path: Path, workers: int = 1) -> Iterator[Cluster]:
    """A scheduler and its workers, started in an empty folder; all end with the block."""
    folder = tmp_path / "empty"
    folder.mkdir()
    cluster = Cluster(folder, tmp_path / "scheduler.json")
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        for process in [*cluster.workers, cluster.scheduler]:
            process.kill()
            process.wait()
