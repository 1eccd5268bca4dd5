"""The definition of an exported network: all that a runtime needs beside its weights."""

from typing import Any

from exporting.step import FrameStep


def definition(step: FrameStep, content: str) -> dict[str, Any]:
    """The definition as plain values. content: identifies the run, see `models.run.content_of`."""
    stft = step.enhancer.stft
    shapes = [list(given.shape) for given in step.example]
    return {
        "run": content,
        "network": type(step.enhancer.network).__name__,
        "target": type(step.enhancer.target).__name__,
        "level": {
            "name": type(step.enhancer.level).__name__,
            "rule": step.enhancer.level.rule,
            "where": "in the model: frames go in and come out as they are",
        },
        "sample_rate": stft.sample_rate,
        "hop": stft.hop,
        "tail": stft.tail,
        "window_name": stft.window_name,
        "window": stft.window.tolist(),
        "latency_samples": stft.length,
        "state_size": step.packing.size,
        "state": step.packing.parts,
        "inputs": dict(zip(step.inputs, shapes, strict=True)),
        "outputs": dict(zip(step.outputs, shapes, strict=True)),
        "how": [
            "Samples are floats, full scale 1.",
            "Frame l holds the samples from (l - 1) * hop to (l + 1) * hop; before the first and "
            "after the last sample stand zeros.",
            "A signal of n samples has 1 + (n + tail) // hop frames.",
            "A frame times the window goes through a real Fourier transform without scaling; real "
            "and imaginary parts are the model's last axis.",
            "The first state is zeros; each state goes back in with the next frame.",
            "The inverse transform (scaled by 1 / its length) times the window is added up where "
            "frames overlap, and divided by the sum of the squared windows there.",
        ],
    }
