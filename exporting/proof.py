"""Checks an export: every way of running the network gives the same signal."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from exporting.example import enhance, stepper
from exporting.step import FrameStep

LARGEST_DB = -90.0  # relative to full scale; half a step of 16 bit is -96 dB
SECONDS = 4
SMALLEST = 1e-10  # -200 dB


def built_in(sample_rate: int) -> np.ndarray:
    """A test signal: a gliding tone that starts and stops, in noise, with silence; [time]."""
    time = np.arange(SECONDS * sample_rate) / sample_rate
    glide = np.sin(2 * np.pi * (100 * time + 300 * time**2))
    voiced = glide * np.maximum(0, np.sin(2 * np.pi * 1.5 * time))
    noise = np.random.default_rng(0).standard_normal(len(time))
    samples = (0.3 * voiced + 0.03 * noise).astype(np.float32)
    samples[: sample_rate // 8] = 0  # digital silence, at the beginning and later
    samples[sample_rate // 2 : sample_rate * 5 // 8] = 0
    return samples


def differences_db(
    step: FrameStep, model: bytes, about: Mapping[str, Any], samples: np.ndarray
) -> dict[str, float]:
    """The largest differences from enhancing the whole signal at once, in dB of full scale.

    For a signal beyond full scale they are relative to its peak. stream: hop by hop in PyTorch.
    onnxruntime: `model` by the example's code. Others: the installed runtimes of `step.elsewhere`.
    """
    stream = step.stream
    mixture = torch.from_numpy(samples)[None]
    whole = stream.enhancer.enhance(mixture)[0].numpy()
    streamed = torch.cat(list(stream.blocks(mixture.split(stream.hop, -1))), -1)
    given = {"stream": streamed[0].numpy(), **step.elsewhere(model, samples)}
    given["onnxruntime"] = enhance(samples, step.of_frames(stepper(model)), about)
    return {runtime: _difference_db(signal, whole) for runtime, signal in given.items()}


def require_equal(differences: Mapping[str, float], signal: str) -> None:
    """Raise ValueError if a difference exceeds LARGEST_DB. signal: name of the enhanced signal."""
    for runtime, difference in differences.items():
        if not difference <= LARGEST_DB:
            raise ValueError(
                f"{signal}: {runtime} differs from the whole signal at once by {difference:.1f} dB "
                f"of full scale, more than {LARGEST_DB:g}; nothing was exported"
            )


def _difference_db(given: np.ndarray, whole: np.ndarray) -> float:
    largest = float(np.abs(given - whole).max() / max(1.0, np.abs(whole).max()))
    if not np.isfinite(largest):
        return float("inf")
    return round(20 * float(np.log10(max(largest, SMALLEST))), 1)
