"""Enhances a recording: python example.py INPUT.wav OUTPUT.wav (mono, 16 bit, at the model's rate).

It needs only numpy and sherpa-onnx; model.onnx lies beside it.
"""

import sys
import wave
from pathlib import Path

import numpy as np


def enhance(samples, sample_rate, model):
    """Samples [time] -> enhanced samples [time], without delay. model: path of the model."""
    import sherpa_onnx

    config = sherpa_onnx.OnlineSpeechDenoiserConfig()
    config.model.gtcrn.model = str(model)
    denoiser = sherpa_onnx.OnlineSpeechDenoiser(config)
    parts = []
    for begin in range(0, len(samples), denoiser.frame_shift_in_samples):
        hop = samples[begin : begin + denoiser.frame_shift_in_samples]
        parts.append(denoiser.run(hop.astype(np.float32), sample_rate).samples)
    parts.append(denoiser.flush().samples)
    return np.concatenate([np.asarray(part, np.float32) for part in parts])[: len(samples)]


def main(source, target):
    """Enhance a WAV file."""
    with wave.open(source) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            sys.exit(f"{source}: must be mono, 16 bit")
        sample_rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    enhanced = enhance(samples, sample_rate, Path(__file__).parent / "model.onnx")
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, sample_rate, 0, "NONE", ""))
        file.writeframes((enhanced.clip(-1, 32767 / 32768) * 32768).round().astype("<i2").tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
