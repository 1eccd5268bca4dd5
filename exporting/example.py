"""Enhances a recording: python example.py INPUT.wav OUTPUT.wav (mono, 16 bit, at the model's rate).

It needs only numpy and onnxruntime; model.onnx and model.json lie beside it.
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np


def enhance(samples, step, about):
    """Samples [time] -> enhanced samples [time], without delay; step: frame, state -> the same."""
    hop, window = about["hop"], np.array(about["window"], np.float32)
    frames = 1 + (len(samples) + about["tail"]) // hop
    padded = np.zeros((frames + 1) * hop, np.float32)  # frame l is centred on sample l * hop
    padded[hop : hop + len(samples)] = samples
    enhanced, weight = np.zeros_like(padded), np.zeros_like(padded)
    state = np.zeros((1, about["state_size"]), np.float32)
    for begin in range(0, frames * hop, hop):
        here = slice(begin, begin + len(window))
        spectrum = np.fft.rfft(padded[here] * window)
        frame = np.stack([spectrum.real, spectrum.imag], -1)[np.newaxis].astype(np.float32)
        out, state = step(frame, state)
        spectrum = out[0, :, 0] + 1j * out[0, :, 1]
        enhanced[here] += np.fft.irfft(spectrum, len(window)) * window
        weight[here] += window**2
    return (enhanced / np.maximum(weight, 1e-8))[hop : hop + len(samples)]


def stepper(model):
    """The model as a function; one thread is the fastest for such small inputs."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    return lambda *given: session.run(None, dict(zip(names, given, strict=True)))


def main(source, target):
    """Enhance a WAV file."""
    here = Path(__file__).parent
    about = json.loads((here / "model.json").read_text(encoding="utf-8"))
    with wave.open(source) as file:
        if file.getparams()[:3] != (1, 2, about["sample_rate"]):
            sys.exit(f"{source}: must be mono, 16 bit, {about['sample_rate']} Hz")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    enhanced = enhance(samples, stepper((here / "model.onnx").read_bytes()), about)
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, about["sample_rate"], 0, "NONE", ""))
        file.writeframes((enhanced.clip(-1, 32767 / 32768) * 32768).round().astype("<i2").tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
