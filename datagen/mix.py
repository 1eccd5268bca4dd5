"""The only mixing function: for an utterance, a batch, a GPU."""

import torch
from torch import Tensor

from audio.pcm import FULL_SCALE
from dsp.decibel import amplitude
from dsp.level import noise_gain

TOLERANCE_DB = 0.01  # largest difference between the requested SNR and that of the rounded samples


def mix(
    clean: Tensor,
    noise: Tensor,
    snr_db: Tensor,
    gain_db: Tensor,
    clean_present: Tensor | float = 1.0,
    noise_present: Tensor | float = 1.0,
) -> dict[str, Tensor]:
    """Bring `noise` to `snr_db` under `clean`, apply the joint `gain_db` to both, and add them.

    Every sample is rounded to the 16-bit grid *before* adding, so `mixture == clean + noise` holds
    exactly, and the samples are the same on disk, in a loader worker and on a GPU (energies of
    integers are exact; all other operations are element-wise). A part whose `present` factor is 0
    becomes silence, and the other keeps its level; 1 keeps both.

    Shapes: clean, noise [..., time] (16-bit PCM samples, any dtype); snr_db, gain_db [...], and
    clean_present, noise_present [...] if they are tensors -> mixture, clean, noise [..., time],
    float32 in [-1, 1).
    """
    noise_factor = noise_gain(clean, noise, snr_db - gain_db) * _column(noise_present)
    clean_factor = amplitude(gain_db.double()).unsqueeze(-1) * _column(clean_present)
    noise = _on_grid(noise, noise_factor)
    clean = _on_grid(clean, clean_factor)
    return {"mixture": clean + noise, "clean": clean, "noise": noise}


def _column(factors: Tensor | float) -> Tensor | float:
    """The factors of a batch with a last dimension: [...] -> [..., 1]."""
    return factors.unsqueeze(-1) if isinstance(factors, Tensor) else factors


def _on_grid(samples: Tensor, factor: Tensor) -> Tensor:
    """16-bit samples times `factor`, rounded to whole samples again, in [-1, 1)."""
    scaled = samples.to(torch.float32, copy=True)
    scaled.mul_(factor.float()).round_()
    return scaled.mul_(1 / FULL_SCALE)


def to_pcm(signal: Tensor) -> Tensor:
    """The 16-bit samples [..., time] of a signal in [-1, 1)."""
    steps = (signal * FULL_SCALE).round()
    return steps.clamp(-FULL_SCALE, FULL_SCALE - 1).to(torch.int16)
