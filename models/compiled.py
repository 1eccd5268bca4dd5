"""The network of a training, compiled by PyTorch."""

import os
import shutil
import sys

from torch import nn

NEEDS = "inductor"  # the backend that needs a C++ compiler


def compile_network(network: nn.Module, backend: str | None) -> None:
    """Have `network` compiled where it is called first; None: not. Its weights stay as they are.

    backend: of torch.compile. Raises ValueError where that needs a compiler and there is none.
    """
    if backend is None:
        return
    if backend == NEEDS and not shutil.which(cpp_compiler()):
        raise ValueError(
            f"trainer.compile={backend}: needs a C++ compiler, and there is no {cpp_compiler()}; "
            "install it, name another one by the environment variable CXX, or leave the option out"
        )
    network.compile(backend=backend)


def cpp_compiler() -> str:
    """The command of the C++ compiler, as PyTorch looks for it."""
    return os.environ.get("CXX") or ("clang++" if sys.platform == "darwin" else "g++")
