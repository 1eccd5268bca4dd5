"""Times four trainings of a sweep at once and in turn: python benchmarks/sweep.py OPTION...

The options are those of train.py, such as experiment=folders data_root=DIR trainer.max_epochs=3.
Prints the seconds of both, ROUNDS times in turn, and the ratio of the medians. Trainings in turn
are separate processes, too, and each has all cores.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from commands import run_script
from joblib import cpu_count

ROUNDS = 3
SEEDS = "seed=0,1,2,3"


def main(typed: list[str]) -> None:
    """Run the sweeps."""
    at_once = min(4, cpu_count())
    seconds: dict[int, list[float]] = {1: [], at_once: []}
    with tempfile.TemporaryDirectory() as folder:
        _swept(typed, Path(folder) / "first", at_once)  # fills the cache
        for number in range(ROUNDS):
            for jobs in seconds:
                seconds[jobs].append(_swept(typed, Path(folder) / f"{number}-{jobs}", jobs))
    for jobs, taken in seconds.items():
        print(f"{jobs} at once: {', '.join(f'{one:.1f}' for one in taken)} s")
    ratio = statistics.median(seconds[1]) / statistics.median(seconds[at_once])
    print(f"{ratio:.2f} times as fast")


def _swept(typed: list[str], folder: Path, jobs: int) -> float:
    """The seconds of the sweep into `folder`."""
    launcher = ["hydra/launcher=joblib", f"hydra.launcher.n_jobs={jobs}"]
    began = time.perf_counter()
    run_script("train.py", ["-m", *typed, SEEDS, *launcher, f"output={folder}"])
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1:])
