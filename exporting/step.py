"""One frame of a stream, with its state as input and output, and its ONNX model."""

import logging
import warnings
from collections.abc import Callable
from importlib import import_module

import numpy as np
import torch
from torch import Tensor, nn

from models.packing import Packing
from models.stream import Stream
from options.extras import install
from text.line import in_one_line

PACKAGES = ("onnx", "onnxruntime", "onnxscript")


class FrameStep(nn.Module):
    """Maps a frame of the mixture's spectrum to a frame of the enhanced spectrum.

    It contains level and network, but no STFT: any runtime has a Fourier transform. The first state
    is a vector of zeros. inputs, outputs: their names in ONNX.
    """

    inputs: tuple[str, ...] = ("frame", "state")
    outputs: tuple[str, ...] = ("enhanced", "next_state")

    def __init__(self, stream: Stream):
        super().__init__()
        self.stream = stream
        self.enhancer = stream.enhancer
        before = stream.initial_state(1)
        self.packing = Packing({"level": before.level, "network": before.network})

    @property
    def example(self) -> tuple[Tensor, ...]:
        """Example inputs; inputs always have these shapes."""
        return torch.zeros(1, self.enhancer.stft.freqs, 2), torch.zeros(1, self.packing.size)

    @property
    def metadata(self) -> dict[str, str]:
        """Metadata that is written into the model."""
        return {}

    def of_frames(self, run: Callable) -> Callable:
        """`run`, which has the model's inputs and outputs, as a step: frame, state -> the same."""
        return run

    def elsewhere(self, model: bytes, samples: np.ndarray) -> dict[str, np.ndarray]:
        """Samples [time] enhanced by `model` in other installed runtimes, by name."""
        return {}

    def forward(self, frame: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: frame [1, freq, 2], real and imaginary part, state [1, size] -> the same."""
        before = self.packing.unpacked(state[0])
        frame = frame.unsqueeze(2)  # ONNX cannot reshape complex numbers
        spectrum = torch.complex(frame[..., 0], frame[..., 1])
        enhanced, level, network = self.stream.frames(spectrum, before["level"], before["network"])
        packed = self.packing.packed({"level": level, "network": network})
        return torch.view_as_real(enhanced).squeeze(2), packed.unsqueeze(0)


def onnx_bytes(step: FrameStep) -> bytes:
    """`step` as one ONNX model, with weights and fixed shapes.

    Raises ValueError if the extra is missing, and for a network that ONNX cannot express.
    """
    require_runtime()
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"), torch.no_grad():
            program = torch.onnx.export(
                step,
                step.example,
                dynamo=True,
                input_names=step.inputs,
                output_names=step.outputs,
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as error:
        network = type(step.enhancer.network).__name__
        reason = in_one_line(error)[:200]
        raise ValueError(f"{network}: torch cannot write it as ONNX ({reason})") from error
    finally:
        logger.setLevel(level)
    model = program.model_proto
    for key, value in step.metadata.items():
        model.metadata_props.add(key=key, value=value)
    return model.SerializeToString()


def require_runtime() -> None:
    """Raise ValueError if a package of the extra is missing."""
    try:
        for package in PACKAGES:
            import_module(package)
    except ImportError as error:
        raise ValueError(
            f"needs {error.name} of the extra 'export': {install('export')}"
        ) from error
