"""What is published of a run: its weights as safetensors, and a config that names no machine."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from files.fingerprint import of_bytes
from files.sums import summed_content

CONFIG, WEIGHTS = Path("config.yaml"), Path("weights.safetensors")
AGAIN = "publish the run again, or take the folder from where it was published"
OF = "config"  # the one word in the file beside weights: the fingerprint of their config


def weights_file(state: Mapping[str, Tensor], config: str) -> bytes:
    """The tensors of `state` as a file of safetensors, in 32 bits; config: of its fingerprint."""
    return save(_portable(state), {OF: config})


def read_weights(path: Path, config: str) -> dict[str, Tensor]:
    """The tensors in the file at `path`, which must belong to the config of that fingerprint.

    Nothing in it is executed. Raises FileNotFoundError or ValueError, in one line, for none, a
    damaged one, or one of another config.
    """
    summed_content(path, AGAIN)
    try:
        with safe_open(path, "pt") as file:
            said = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError:
        raise
    except Exception as error:  # of a broken file: its own error, or one of torch
        reason = " ".join(str(error).split())
        raise ValueError(f"{path}: not weights of safetensors ({reason[:120]}); {AGAIN}") from error
    if said.get(OF) != config:
        raise ValueError(f"{path}: weights of another config than {CONFIG} beside them; {AGAIN}")
    return state


def of_weights(state: Mapping[str, Tensor]) -> str:
    """16 hex digits over the tensors of `state` by name, in 32 bits."""
    contents = []
    for name, tensor in sorted(_portable(state).items()):
        head = f"{name} {tensor.dtype} {list(tensor.shape)}"
        contents += [head.encode(), tensor.numpy().tobytes()]
    return of_bytes(contents)


def _portable(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors that share no memory, numbers with a fraction in 32 bits."""
    tensors = {}
    for name, tensor in state.items():
        dtype = torch.float32 if tensor.is_floating_point() else tensor.dtype
        tensors[name] = tensor.detach().to("cpu", dtype, copy=True).contiguous()
    return tensors
