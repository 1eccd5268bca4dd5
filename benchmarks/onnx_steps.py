"""Measures frame steps of ONNX models: python benchmarks/onnx_steps.py HOP_S FILE...

Each FILE is a model that takes a frame and its state; it is run on noise of the shapes that it
declares, without a transform. Prints its parameters, and the seconds of one core that its steps
take for a second of audio (median of STEPS steps after as many for warming up). It needs the extra
export.
"""

import math
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import onnx

from exporting.example import stepper

STEPS = 300


def main(hop_s: str, *files: str) -> None:
    """Print a line for each file."""
    for file in files:
        graph = onnx.load(file).graph
        share = _step_s(file, graph) / float(hop_s)
        print(f"{file}: {_parameters(graph):,} parameters, {share:.4f} seconds per second")


def _parameters(graph: onnx.GraphProto) -> int:
    """The number of stored values with a fraction; integers are shapes and indices."""
    values = [one for one in graph.initializer if one.data_type == onnx.TensorProto.FLOAT]
    return sum(math.prod(stored.dims) for stored in values)


def _step_s(file: str, graph: onnx.GraphProto) -> float:
    """The median seconds of a step."""
    step = stepper(file)
    rng = np.random.default_rng(0)
    shapes = [[size.dim_value for size in one.type.tensor_type.shape.dim] for one in graph.input]
    given = [0.1 * rng.standard_normal(shape, np.float32) for shape in shapes]
    taken_s = []
    for _ in range(2 * STEPS):
        begin = time.perf_counter()
        step(*given)
        taken_s.append(time.perf_counter() - begin)
    return statistics.median(taken_s[STEPS:])


if __name__ == "__main__":
    main(*sys.argv[1:])
