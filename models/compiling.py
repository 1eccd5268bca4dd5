"""The network of a training, compiled (torch.compile)."""

import logging

import pytorch_lightning as pl
import torch

REMEDY = "install a C++ compiler (on GPUs Triton, too), or give trainer.compile=false"


class Compiling(pl.Callback):
    """Compiles the network of a training before its first step, once it is on its device.

    Calls of `network` then run the compiled code; its weights, their names and checkpoints stay as
    they are. PyTorch compiles anew for validation, and once more when it meets batches of another
    length. It does not compile an LSTM or GRU: these run as before, between compiled parts.
    Raises ValueError where nothing can be compiled on that device.

    backend: of torch.compile; "aot_eager" takes the same graphs apart, and needs no compiler.
    """

    def __init__(self, backend: str = "inductor"):
        self.backend = backend

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compile the network."""
        # PyTorch warns of parts with too many shapes to compile; these run uncompiled.
        logging.getLogger("torch._dynamo").setLevel(logging.ERROR)
        require_compiler(pl_module.device, self.backend)
        pl_module.network.compile(backend=self.backend)


def require_compiler(device: torch.device, backend: str) -> None:
    """Raise ValueError where `backend` compiles nothing for `device`."""
    try:
        doubled = torch.compile(lambda tensor: 2 * tensor, backend=backend)
        doubled(torch.ones(8, device=device))
    except RuntimeError as error:
        cause = str(error).strip().splitlines()[0]
        raise ValueError(
            f"trainer.compile=true: nothing compiles here ({cause}); {REMEDY}"
        ) from error
