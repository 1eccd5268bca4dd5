"""The contract of every route from the rows of a plan to batches."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor
from torch.nn.functional import pad
from torch.utils.data import Dataset


class Route(Dataset, ABC):
    """The mixtures of one split, from the plan's `rows` to the batches that a network trains on.

    A new route implements `__getitem__`, and `on_device` if the device has work to do.
    datagen.batches.collate pads the items to a batch. Rows are kept as columns, so that workers
    share them instead of copying objects.
    """

    def __init__(self, rows: pd.DataFrame):
        self._columns = {name: _stored(rows[name]) for name in rows}

    def __len__(self) -> int:
        return len(self._columns["length"])

    @abstractmethod
    def __getitem__(self, index: int) -> dict:
        """Row `index`: its signals, [time] each, and its `length` in samples.

        Beside them all that `on_device` needs.
        """

    def padded(self, index: int, longest: int) -> dict:
        """The item with its signals padded with zeros at their ends to `longest` samples."""
        item = dict(self[index])
        for name, value in item.items():
            if isinstance(value, Tensor) and len(value) == item["length"]:
                item[name] = pad(value, (0, longest - len(value)))
        return item

    def row(self, index: int) -> dict:
        """One plan row with plain values."""
        return {name: _value(values[index]) for name, values in self._columns.items()}

    def on_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch for the models, computed on the device of `batch`.

        It has mixture, clean and noise [batch, time], and length.
        """
        return batch


class TextColumn:
    """A column of text that holds each different text once, without objects.

    So loader workers share it.
    """

    def __init__(self, column: pd.Series):
        codes, words = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=False)
        self._codes = codes.astype(np.min_scalar_type(len(words)))
        self._words = np.asarray(words, dtype="U")

    def __len__(self) -> int:
        return len(self._codes)

    def __getitem__(self, index: int) -> str:
        return self._words[self._codes[index]].item()


def _value(cell: Any) -> Any:
    """A cell of a column as a Python value."""
    return cell.item() if isinstance(cell, np.generic) else cell


def _stored(column: pd.Series) -> np.ndarray | pd.api.extensions.ExtensionArray | TextColumn:
    """A column without Python objects: numbers stay, all other values become text.

    A column that is mapped into memory stays mapped.
    """
    if isinstance(column.dtype, pd.ArrowDtype):
        return column.array
    if column.dtype.kind in "bif":
        return column.to_numpy(dtype=column.dtype.name)
    return TextColumn(column)
