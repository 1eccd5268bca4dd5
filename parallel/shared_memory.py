"""The memory that loader workers hand their batches over in: whether there is enough of it."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

SHARED = Path(
    "/dev/shm"
)  # where Linux keeps shared memory; 64 MB in a container unless it is given more
AHEAD = 2  # batches that a worker prepares before they are asked for, PyTorch's own number
HELD = 2  # batches at the training itself
SPARE = 2**20  # bytes for queues and locks
REMEDY = "give a container more (docker run --shm-size=1g), or set data.workers=0"

log = logging.getLogger(__name__)


def workers_that_fit(workers: int, batch_bytes: list[int], processes: int) -> int:
    """`workers`, or 0 with a note where their batches would fill the shared memory.

    The loader would hang then. batch_bytes: of the largest batch of every loader. processes: of the
    training on this machine, which all share it.
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
    """`collate`, into shared memory where a worker does it.

    Raises OSError where that is full by now: left to the queue between worker and training, nobody
    would ever hear.
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
