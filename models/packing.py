"""The state of a stream as one vector of 32-bit numbers, for runtimes that know no other."""

from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree

WIDE = (torch.float64, torch.int64)  # kept as two numbers of 32 bits: what is rounded, and the rest


class Packing:
    """Nested tensors, all of them in one vector and back.

    `example` says of what shapes and kinds they are. The vector holds how much they differ from
    it, so that a vector of zeros is `example` itself. Numbers of 64 bits keep 48 of them. Raises
    ValueError for a tensor of another kind.
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
        """Numbers in the vector."""
        return sum(self._sizes)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What stands where: name, shape, type and numbers of each tensor, in their order.

        64-bit tensors are followed by what rounding them to 32 bits lost.
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
