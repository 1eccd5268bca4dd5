"""Measures the cost of a large plan: python benchmarks/large_plans.py [ROWS ...] [files=3000]

Prints, for each number of ROWS (10000 100000 1000000), the time of the start of a training on
existing rows, up to its first batch, and the memory of that process; each start is a new process.
Then it prints the time of the first and the second scan of a corpus with this number of files. Rows
and audio are synthetic, because only their number matters.
"""

import resource
import struct
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import joblib
import numpy as np
import pandas as pd

from datagen import large_rows
from datagen.datamodule import PlanData
from datagen.dataset import Mixed
from datagen.library import Library
from datagen.plan import Plan, load_plan
from datagen.recordings import Recording, Stretch, Utterance
from datagen.row import of_training
from datagen.scan import scan
from files.schema import types_of

RATE = 16000
LENGTH = 4 * RATE
ROWS = (10_000, 100_000, 1_000_000)
SPEAKERS, NOISES = 250, 100
GROUP = 10_000  # number of rows that are made at a time
MB = 2**20


class MadeUp:
    """Reads noise, whatever the path."""

    def read(self, path: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time]."""
        return np.random.default_rng(0).integers(-9999, 9999, length).astype(np.int16)


def main(typed: list[str]) -> None:
    """Run the typed measurements."""
    files = [int(word.removeprefix("files=")) for word in typed if word.startswith("files=")]
    counts = [int(word) for word in typed if word.isdigit()] or list(ROWS)
    print(
        f"{'rows':>10}{'start s':>10}{'of CPU':>10}{'MB':>8}{'peak MB':>10}{'plan on disk MB':>18}"
    )
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder, "plan")
            _made_up(count).save(plan)
            size = sum(path.stat().st_size for path in plan.iterdir()) / MB
            command = [sys.executable, __file__, "--start", str(plan), str(Path(folder, "run"))]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        start_s, cpu_s, mib, peak = map(float, said.split())
        print(f"{count:10}{start_s:10.2f}{cpu_s:10.2f}{mib:8.0f}{peak:10.0f}{size:18.0f}")
    _time_scan(*(files or [3000]))


def _made_up(count: int) -> Plan:
    """A plan of `count` synthetic training rows and ten validation rows."""
    speech = pd.DataFrame(
        {
            "id": [
                f"corpus/{split}/{n:05d}"
                for split in ("train", "validation")
                for n in range(SPEAKERS)
            ],
            "path": [f"/made/up/{n:05d}.flac" for n in range(2 * SPEAKERS)],
            "source": [f"speaker {n}" for n in range(2 * SPEAKERS)],
            **{"kind": "", "sex": "", "only": "", "sample_rate": RATE, "samples": 9 * LENGTH},
            **{
                "channels": 1,
                "content": "",
                "offset": 0,
                "gain": 1.0,
                "counted": False,
                "text": "",
            },
            "length": 9 * LENGTH,
            "split": np.repeat(["train", "validation"], SPEAKERS),
        }
    )[list(types_of(Utterance))]
    noise = speech.head(NOISES).assign(
        id=[f"noise/{n:03d}" for n in range(NOISES)],
        vector="v",
        seen=True,
        split="",
        start=0,
        stop=9 * LENGTH,
    )[list(types_of(Stretch))]
    parts = (
        _rows("train", range(first, min(first + GROUP, count))) for first in range(0, count, GROUP)
    )
    validation = _rows("validation", range(10))
    if not large_rows.are_large(count):
        return Plan(pd.concat([*parts, validation], ignore_index=True), speech, noise)
    with tempfile.TemporaryDirectory() as folder:
        train = large_rows.save(Path(folder, "rows"), parts)
    return Plan(large_rows.joined([train, validation]), speech, noise)


def _rows(split: str, numbers: range) -> pd.DataFrame:
    rng = np.random.default_rng(numbers.start)
    count = len(numbers)
    made = {
        "mixture_id": [f"{split}-{number:06d}" for number in numbers],
        "split": split,
        "speech_id": [f"corpus/{split}/{n:05d}" for n in rng.integers(SPEAKERS, size=count)],
        "speech_start": rng.integers(8 * LENGTH, size=count),
        "noise_id": [f"noise/{n:03d}" for n in rng.integers(NOISES, size=count)],
        "noise_start": rng.integers(LENGTH, size=count),
        "length": rng.integers(LENGTH // 2, LENGTH, size=count),
        "snr_db": rng.integers(-5, 11, size=count).astype(float),
        "gain_db": rng.uniform(-6, 0, size=count),
        "noise_seen": True,
    }
    return pd.DataFrame({**made, **of_training()})[list(large_rows.TYPES)]


def _start(plan_folder: Path, run: Path) -> None:
    """Begin a training on the plan in `plan_folder`: read it, save it to `run`, make a batch."""
    begin, cpu = time.perf_counter(), time.process_time()
    plan = load_plan(plan_folder)
    plan.save(run)
    library = Library(plan.speech, plan.noise, MadeUp())
    batches = PlanData(plan, partial(Mixed, library=library), sample_rate=RATE, batch_size=16)
    next(iter(batches.train_dataloader()))
    took_s, cpu_s = time.perf_counter() - begin, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(took_s, cpu_s, _resident_mib(), peak)


def _resident_mib() -> float:
    """The memory of this process, without files that are mapped into it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    held = [int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem"))]
    return sum(held) / 1024


def _time_scan(count: int) -> None:
    """Scan a corpus of `count` files of a tenth of a second, twice."""
    with tempfile.TemporaryDirectory() as folder:
        listed = []
        for number in range(count):
            path = Path(folder, f"{number // 1000}", f"{number}.wav")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(_wav(number))
            listed.append(Recording(f"r/{number}", str(path), "s"))
        jobs = joblib.cpu_count()
        for what in ("scanned", "found again"):
            begin = time.perf_counter()
            scan(listed, Path(folder, "cache"), jobs)
            took_s = time.perf_counter() - begin
            each_ms = 1e3 * took_s / count
            print(f"{count} files {what} in {took_s:.2f} s, jobs={jobs}: {each_ms:.3f} ms each")


def _wav(number: int) -> bytes:
    """A file of noise that differs from all others."""
    samples = np.random.default_rng(number).integers(-9999, 9999, RATE // 10, dtype=np.int16)
    size = samples.nbytes
    form = 16, 1, 1, RATE, 2 * RATE, 2, 16  # 16-bit samples of one channel
    head = struct.pack("<4sI8sIHHIIHH", b"RIFF", size + 36, b"WAVEfmt ", *form)
    return head + struct.pack("<4sI", b"data", size) + samples.tobytes()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--start"]:
        _start(*map(Path, sys.argv[2:]))
    else:
        main(sys.argv[1:])
