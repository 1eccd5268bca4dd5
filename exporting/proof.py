"""An export proves itself: every way of running the network gives the same signal."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from exporting.example import enhance, stepper
from exporting.sherpa import SherpaStep
from exporting.sherpa import by_sherpa as enhance_by_sherpa
from exporting.step import FrameStep

LARGEST_DB = -90.0  # of full scale: half a step of 16 bit is -96
SECONDS = 4
SMALLEST = 1e-10  # -200 dB


def built_in(sample_rate: int) -> np.ndarray:
    """A signal of every kind: a gliding tone that comes and goes, in noise; float32 [time]."""
    time = np.arange(SECONDS * sample_rate) / sample_rate
    glide = np.sin(2 * np.pi * (100 * time + 300 * time**2))
    voiced = glide * np.maximum(0, np.sin(2 * np.pi * 1.5 * time))
    noise = np.random.default_rng(0).standard_normal(len(time))
    samples = (0.3 * voiced + 0.03 * noise).astype(np.float32)
    samples[: sample_rate // 8] = 0  # digital silence, first and within
    samples[sample_rate // 2 : sample_rate * 5 // 8] = 0
    return samples


def differences_db(
    step: FrameStep, model: bytes, about: Mapping[str, Any], samples: np.ndarray
) -> dict[str, float]:
    """How far from the whole signal at once the others are at most, in dB of full scale.

    Of a signal that exceeds full scale it is in dB of its own peak. stream: hop by hop in PyTorch;
    onnxruntime: `model` by the example's code; sherpa-onnx: `model` in its form, where installed.
    """
    stream = step.stream
    mixture = torch.from_numpy(samples)[None]
    whole = stream.enhancer.enhance(mixture)
    streamed = torch.cat(list(stream.blocks(mixture.split(stream.hop, -1))), -1)
    given = {"stream": streamed}
    if isinstance(step, SherpaStep):
        by_onnx = enhance(samples, _with_caches(model, step.cache_sizes), about)
        with contextlib.suppress(ImportError):
            by_sherpa = enhance_by_sherpa(model, samples, about["sample_rate"])
            given["sherpa-onnx"] = torch.from_numpy(by_sherpa)[None]
    else:
        by_onnx = enhance(samples, stepper(model), about)
    given["onnxruntime"] = torch.from_numpy(by_onnx)[None]
    return {runtime: _difference_db(signal, whole) for runtime, signal in given.items()}


def _with_caches(model: bytes, sizes: Sequence[int]) -> Callable:
    """A model in the form of sherpa-onnx as one of a frame and a state."""
    run = stepper(model)
    ends = np.cumsum(sizes)[:-1]

    def step(frame: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        enhanced, *caches = run(frame[:, :, np.newaxis], *np.split(state[0], ends))
        return enhanced[:, :, 0], np.concatenate(caches)[np.newaxis]

    return step


def require_equal(differences: Mapping[str, float], signal: str) -> None:
    """Raise ValueError where one of them is above LARGEST_DB. signal: what was enhanced."""
    for runtime, difference in differences.items():
        if not difference <= LARGEST_DB:
            raise ValueError(
                f"{signal}: {runtime} differs from the whole signal at once by {difference:.1f} dB "
                f"of full scale, more than {LARGEST_DB:g}; nothing was exported"
            )


def _difference_db(given: Tensor, whole: Tensor) -> float:
    largest = float((given - whole).abs().max() / whole.abs().max().clamp_min(1.0))
    if not np.isfinite(largest):
        return float("inf")
    return round(20 * float(np.log10(max(largest, SMALLEST))), 1)
