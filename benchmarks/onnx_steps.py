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

import numpy as np
import onnx
import onnxruntime

STEPS = 300


def main(hop_s: str, *files: str) -> None:
    """Print a line for each file."""
    for file in files:
        step_s = _step_s(file)
        share = step_s / float(hop_s)
        print(f"{file}: {_parameters(file):,} parameters, {share:.4f} seconds per second")


def _parameters(file: str) -> int:
    """The number of stored values with a fraction; integers are shapes and indices."""
    initial = onnx.load(file).graph.initializer
    values = [stored for stored in initial if stored.data_type == onnx.TensorProto.FLOAT]
    return sum(math.prod(stored.dims) for stored in values)


def _step_s(file: str) -> float:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    given = {
        one.name: 0.1 * rng.standard_normal(one.shape, np.float32) for one in session.get_inputs()
    }
    taken_s = []
    for _ in range(2 * STEPS):
        begin = time.perf_counter()
        session.run(None, given)
        taken_s.append(time.perf_counter() - begin)
    return statistics.median(taken_s[STEPS:])


if __name__ == "__main__":
    main(*sys.argv[1:])
