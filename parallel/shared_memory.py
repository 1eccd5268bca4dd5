"""The shared memory by which loader workers pass their batches, and the check of its size."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

SHARED = Path("/dev/shm")  # Linux's shared memory; a container has 64 MB by default
AHEAD = 2  # batches that a worker prepares in advance, PyTorch's default
HELD = 2  # batches in use by the training
SPARE = 2**20  # bytes for queues and locks
REMEDY = "give a container more (docker run --shm-size=1g), or set data.workers=0"

log = logging.getLogger(__name__)


def workers_that_fit(workers: int, batch_bytes: list[int], processes: int) -> int:
    """`workers`, or 0 with a note where their batches would fill the shared memory.

    A loader would hang in full shared memory. batch_bytes: the bytes of the largest batch of every
    loader. processes: the number of the training's processes on this machine, which share it.
    """
    if not workers or not SHARED.is_dir():
        return workers
    batches = AHEAD * workers + HELD
    needed = processes * sum(batch_bytes) * batches + SPARE
    free = shutil.disk_usage(SHARED).free
    if needed <= free:
        return workers
    log.warning(
        "note: data.workers=%d may need %.0f MB of %s, where %.0f MB are free: "
        "goes on without workers, slower; %s",
        workers,
        needed / 2**20,
        SHARED,
        free / 2**20,
        REMEDY,
    )
    return 0


class InSharedMemory:
    """`collate`; a worker puts the batch into shared memory.

    Raises OSError where the shared memory is full. The queue between worker and training would hide
    that error.
    """

    def __init__(self, collate: Callable[[list[dict]], dict[str, Tensor]]):
        self.collate = collate

    def __call__(self, items: list[dict]) -> dict[str, Tensor]:
        """One batch."""
        batch = self.collate(items)
        if torch.utils.data.get_worker_info() is None:
            return batch
        try:
            return {name: tensor.share_memory_() for name, tensor in batch.items()}
        except RuntimeError as error:
            raise OSError(f"{SHARED}: no shared memory is left for a batch; {REMEDY}") from error
