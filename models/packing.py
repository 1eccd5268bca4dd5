"""Packs the state of a stream into a vector of 32-bit numbers, for runtimes that need this form."""

from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree

WIDE = (torch.float64, torch.int64)  # stored as two 32-bit numbers: the rounded value, and the rest


class Packing:
    """Packs nested tensors into a single vector, and unpacks them.

    `example` gives their shapes and types. The vector holds their differences from `example`, so a
    vector of zeros is `example` itself. Numbers of 64 bits keep 48 bits. Raises ValueError for a
    tensor of an unsupported type.
    """

    def __init__(self, example: Any):
        named, self._form = _pytree.tree_flatten_with_path(example)
        self._names = [_pytree.keystr(path) for path, _ in named]
        self._first = [tensor for _, tensor in named]
        for tensor in self._first:
            if tensor.dtype not in (torch.float32, *WIDE):
                raise ValueError(f"a state of {tensor.dtype} cannot be packed")
        self._sizes = [tensor.numel() * _parts(tensor) for tensor in self._first]

    @property
    def size(self) -> int:
        """The number of elements of the vector."""
        return sum(self._sizes)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The layout of the vector: name, shape, type and size of each tensor, in order.

        A 64-bit tensor is followed by its rounding errors in 32 bits.
        """
        return [
            {
                "name": name,
                "shape": list(tensor.shape),
                "type": str(tensor.dtype).removeprefix("torch."),
                "size": size,
            }
            for name, tensor, size in zip(self._names, self._first, self._sizes, strict=True)
        ]

    def packed(self, state: Any) -> Tensor:
        """State to vector: [size]."""
        tensors, _ = _pytree.tree_flatten(state)
        parts = []
        for tensor, first in zip(tensors, self._first, strict=True):
            difference = (tensor - first).reshape(-1)
            if first.dtype in WIDE:
                difference = difference.double()
                rounded = difference.float()
                parts.append(rounded)
                difference = (difference - rounded.double()).float()
            parts.append(difference)
        return torch.cat(parts)

    def unpacked(self, vector: Tensor) -> Any:
        """Vector to state: [size] -> nested tensors."""
        tensors = []
        for part, first in zip(vector.split(self._sizes), self._first, strict=True):
            value = part.view(_parts(first), -1)
            if first.dtype in WIDE:
                value = value.double().sum(0)
            tensors.append(value.reshape(first.shape).to(first.dtype) + first)
        return _pytree.tree_unflatten(tensors, self._form)


def _parts(tensor: Tensor) -> int:
    return 2 if tensor.dtype in WIDE else 1
