"""The published form of a run: weights as safetensors, and a config without paths of a machine."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from files.fingerprint import of_bytes
from files.sums import summed_content
from text.line import in_one_line

CONFIG, WEIGHTS = Path("config.yaml"), Path("weights.safetensors")
AGAIN = "publish the run again, or take the folder from where it was published"
OF = "config"  # the only metadata in the file of weights: the fingerprint of their config


def weights_file(state: Mapping[str, Tensor], config: str) -> bytes:
    """The tensors of `state` as a safetensors file in 32 bits; config: the config's fingerprint."""
    return save(_portable(state), {OF: config})


def read_weights(path: Path, config: str) -> dict[str, Tensor]:
    """The tensors in the file at `path`; config: the fingerprint of the config that it belongs to.

    Nothing in the file is executed. Raises FileNotFoundError for a missing file, and ValueError, in
    one line, for a damaged file or the weights of another config.
    """
    summed_content(path, AGAIN)
    try:
        with safe_open(path, "pt") as file:
            said = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except OSError:
        raise
    except Exception as error:  # a broken file raises an error of safetensors or torch
        reason = in_one_line(error)
        raise ValueError(f"{path}: not weights of safetensors ({reason[:120]}); {AGAIN}") from error
    if said.get(OF) != config:
        raise ValueError(f"{path}: weights of another config than {CONFIG} beside them; {AGAIN}")
    return state


def of_weights(state: Mapping[str, Tensor]) -> str:
    """A fingerprint of the tensors of `state` by name, in 32 bits: 16 hex digits."""
    contents = []
    for name, tensor in sorted(_portable(state).items()):
        head = f"{name} {tensor.dtype} {list(tensor.shape)}"
        contents += [head.encode(), tensor.numpy().tobytes()]
    return of_bytes(contents)


def _portable(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors that share no memory, with floats in 32 bits."""
    tensors = {}
    for name, tensor in state.items():
        dtype = torch.float32 if tensor.is_floating_point() else tensor.dtype
        tensors[name] = tensor.detach().to("cpu", dtype, copy=True).contiguous()
    return tensors
