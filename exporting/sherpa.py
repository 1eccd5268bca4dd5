"""A network in the form that sherpa-onnx runs, which has bindings for many languages.

sherpa-onnx 2.0 streams models of the type "gtcrn" (github.com/k2-fsa/sherpa-onnx). Their inputs are
a frame [1, freq, 1, 2] and three caches of any shape; their outputs have the same shapes.
"""

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from exporting.example_sherpa import enhance
from exporting.step import FrameStep
from models.stream import Stream

WINDOW = "sqrt_hann"  # with other windows, sherpa-onnx does not reconstruct a signal
CACHES = "conv_cache", "tra_cache", "inter_cache"


class SherpaStep(FrameStep):
    """A frame step for sherpa-onnx, whose state is divided into three caches.

    Raises ValueError for another window than WINDOW.
    """

    inputs = ("mix", *CACHES)
    outputs = ("enh", *(f"{cache}_out" for cache in CACHES))

    def __init__(self, stream: Stream):
        window = stream.enhancer.stft.window_name
        if window != WINDOW:
            raise ValueError(
                f"format=sherpa: the run has stft.window={window}, and sherpa-onnx streams whole "
                f"signals with square-root Hann windows alone; train with stft.window={WINDOW}"
            )
        super().__init__(stream)

    @property
    def cache_sizes(self) -> tuple[int, int, int]:
        """The number of values of each cache; their sum is the size of the state."""
        return 1, 1, self.packing.size - 2

    @property
    def example(self) -> tuple[Tensor, ...]:
        """See `FrameStep.example`."""
        caches = (torch.zeros(size) for size in self.cache_sizes)
        return torch.zeros(1, self.enhancer.stft.freqs, 1, 2), *caches

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata that sherpa-onnx reads of a model of the type "gtcrn"."""
        stft = self.enhancer.stft
        said = {
            "model_type": "gtcrn",
            "version": 1,
            "sample_rate": stft.sample_rate,
            "n_fft": stft.length,
            "hop_length": stft.hop,
            "window_length": stft.length,
            "window_type": "hann_sqrt",
        }
        for cache, size in zip(CACHES, self.cache_sizes, strict=True):
            said[f"{cache}_shape"] = size
        return {key: str(value) for key, value in said.items()}

    def of_frames(self, run: Callable) -> Callable:
        """See `FrameStep.of_frames`."""
        ends = np.cumsum(self.cache_sizes)[:-1]

        def step(frame: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            enhanced, *caches = run(frame[:, :, np.newaxis], *np.split(state[0], ends))
            return enhanced[:, :, 0], np.concatenate(caches)[np.newaxis]

        return step

    def elsewhere(self, model: bytes, samples: np.ndarray) -> dict[str, np.ndarray]:
        """See `FrameStep.elsewhere`."""
        if importlib.util.find_spec("sherpa_onnx") is None:
            return {}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            path.write_bytes(model)
            return {"sherpa-onnx": enhance(samples, self.enhancer.stft.sample_rate, path)}

    def forward(self, mix: Tensor, *caches: Tensor) -> tuple[Tensor, ...]:
        """Shapes: mix [1, freq, 1, 2], caches [size] each -> the same."""
        enhanced, state = super().forward(mix.squeeze(2), torch.cat(caches).unsqueeze(0))
        return enhanced.unsqueeze(2), *state[0].split(self.cache_sizes)
