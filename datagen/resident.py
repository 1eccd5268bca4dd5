"""Speech and noise on the training device: a batch is a set of places in them, cut and mixed there.

Only a few numbers per row are sent to the device during a training.
"""

import logging

import pandas as pd
import torch
from torch import Tensor

from datagen.dataset import Unmixed
from datagen.library import Library
from datagen.pool import PoolReader
from datagen.present import part_factors
from datagen.row import of_training

SHARE = 0.5  # share of the device's free memory that samples may take; the training needs the rest
CUT_ELSEWHERE = ("noise_2_id", "noise_3_id", "speech_filter", "noise_filter", "band")

log = logging.getLogger(__name__)


class Resident(Unmixed):
    """Rows as places in the pool of all samples, which the device holds in 16 bits.

    If the pool does not fit, or rows have filters, cutoffs or several noises, excerpts are cut here
    and sent, with a note. Raises ValueError without a pool.
    """

    def __init__(self, rows: pd.DataFrame, library: Library):
        super().__init__(rows, library)
        if not isinstance(library.reader, PoolReader):
            raise ValueError("data=resident needs data.cache=pool, samples that lie in one file")
        self.pool = library.reader
        self.resident = not _varied(rows)
        self._on_device: dict[torch.device, Tensor] = {}
        if not self.resident:
            log.warning(
                "note: data=resident: rows of %s have filters, bands or several noises: they are "
                "cut in loader workers",
                rows.split.iloc[0],
            )

    def __getitem__(self, index: int) -> dict:
        if not self.resident:
            return super().__getitem__(index)
        row = self.row(index)
        speech, noise = self.library.places(row)
        return {
            "speech_at": self._at(*speech[:2]),
            "noise_pieces": torch.tensor([[self._at(*piece[:2]), piece[2]] for piece in noise]),
            "length": row["length"],
            "snr_db": row["snr_db"],
            "gain_db": row["gain_db"],
            **part_factors(row),
        }

    def padded(self, index: int, longest: int) -> dict:
        """See `Route`."""
        if not self.resident:
            return super().padded(index, longest)
        return {**self[index], "longest": longest}

    def on_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Cut the batch from the samples on the device, and mix it."""
        if "speech_at" not in batch:
            return super().on_device(batch)
        rest = dict(batch)
        device = rest["length"].device
        samples = self._samples(device)
        longest = int(rest.pop("longest", batch["length"]).max())
        pieces = rest.pop("noise_pieces").to(samples.device)
        at = rest.pop("speech_at").to(samples.device)
        length = rest["length"].to(samples.device)
        speech = torch.stack([at, length], -1).unsqueeze(1)  # a single piece
        rest["clean"] = cut(samples, speech, longest).to(device)
        rest["noise"] = cut(samples, pieces, longest).to(device)
        return super().on_device(rest)

    def _at(self, path: str, start: int) -> int:
        """The place of a sample of a file in the pool."""
        return self.pool.offsets[path][0] + start

    def _samples(self, device: torch.device) -> Tensor:
        """The pool from which batches are cut: on the device, or in this machine's memory."""
        if device not in self._on_device:
            samples = torch.from_numpy(self.pool.samples)
            if device.type == "cuda" and _fits(samples, device):
                samples = samples.to(device)
            self._on_device[device] = samples
        return self._on_device[device]

    def __getstate__(self):
        return {**vars(self), "_on_device": {}}


def cut(samples: Tensor, pieces: Tensor, longest: int) -> Tensor:
    """Pieces of `samples`, joined, with zeros after the last one.

    Shapes: samples [sample]; pieces [batch, piece, 2], the begin and length of each -> [batch,
    longest].
    """
    at, count = pieces.unbind(-1)
    stop = count.cumsum(-1)
    time = torch.arange(longest, device=samples.device).expand(len(pieces), -1).contiguous()
    piece = torch.searchsorted(stop, time, right=True).clamp_(max=pieces.shape[1] - 1)
    begin = (at - stop + count).gather(1, piece)  # if it were the first piece
    is_signal = time < stop[:, -1:]
    return samples[torch.where(is_signal, begin + time, 0)] * is_signal


def _varied(rows: pd.DataFrame) -> bool:
    """Whether a row has more than an excerpt of speech and one of noise."""
    defaults = of_training()
    return any((rows[name] != defaults[name]).any() for name in CUT_ELSEWHERE)


def _fits(samples: Tensor, device: torch.device) -> bool:
    """Whether `samples` fit on `device`; prints a note if not."""
    free, _ = torch.cuda.mem_get_info(device)
    if samples.nbytes <= SHARE * free:
        return True
    log.warning(
        "note: data=resident: the samples take %.1f GB, more than half of the %.1f GB free "
        "on %s: batches are cut in this machine's memory, and sent",
        samples.nbytes / 1e9,
        free / 1e9,
        device,
    )
    return False
