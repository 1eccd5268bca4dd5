"""The correlations of short-time envelopes that STOI and ESTOI average, for a training."""

from functools import lru_cache

import torch
from torch import Tensor

from dsp.decibel import amplitude, power
from dsp.padding import without_padding

BANDS, LOWEST_HZ = 15, 150  # third octaves; at 8 kHz those that lie below 4 kHz
SEGMENT_S = 0.384
RANGE_DB = 40.0  # a frame of the reference this far below its loudest frame is silent
CLIP_DB = 15.0  # an envelope above this signal-to-distortion ratio is clipped
FLOOR = 1e-6  # relative to a band's mean power; it gives silence a finite slope
FLAT = 1e-10  # squared norm of an envelope that hardly varies


def short_time_correlation(
    estimate: Tensor,
    reference: Tensor,
    frames: Tensor,
    sample_rate: int,
    hop: int,
    extended: bool = False,
) -> Tensor:
    """The mean correlation of the envelopes of two signals, at most 1: [batch, stage].

    Shapes: estimate, reference [batch, stage, freq, frame], spectra every `hop` samples, of which
    the first `frames` [batch] count. It is STOI (Taal et al., IEEE TASLP 2011, equations 1 to 6),
    or with `extended` ESTOI (Jensen and Taal, IEEE TASLP 2016), at the training's own sampling rate
    (Hz), window and hop, instead of 10 kHz, 25.6 and 12.8 ms. A reference with less than 0.384 s of
    sound has nothing to correlate; its value is 1.
    """
    bands = _third_octaves(sample_rate, reference.shape[-2]).to(reference.real)
    clean = bands @ _power(without_padding(reference, frames))
    enhanced = bands @ _power(estimate)
    size = round(SEGMENT_S * sample_rate / hop)
    if size > clean.shape[-1]:
        return clean.new_ones(clean.shape[:2])
    order, count = _heard_first(clean)
    mean = clean.mean(-1, keepdim=True)
    scale = torch.where(mean > 0, mean, 1)
    clean, enhanced = (
        _segments((signal / scale + FLOOR).sqrt(), order, size) for signal in (clean, enhanced)
    )
    correlation = _of_spectrograms if extended else _of_bands
    per_segment = correlation(clean, enhanced)
    segments = count - size + 1  # the others have silent frames
    is_heard = torch.arange(per_segment.shape[-1], device=count.device) < segments[..., None]
    mean = torch.where(is_heard, per_segment, 0).sum(-1) / segments.clamp_min(1)
    return torch.where(segments > 0, mean, 1)


@lru_cache(maxsize=4)
def _third_octaves(sample_rate: int, freqs: int) -> Tensor:
    """The bins of each band: [band, freq], without narrow bands that no bin of the window is in."""
    from pystoi.utils import thirdoct

    highest_hz = sample_rate / 2 / 2 ** (1 / 6)
    count = sum(LOWEST_HZ * 2 ** (band / 3) <= highest_hz for band in range(BANDS))
    bands, _ = thirdoct(sample_rate, 2 * (freqs - 1), count, LOWEST_HZ)
    return torch.tensor(bands[bands.any(1)], dtype=torch.float32)


def _power(spectrum: Tensor) -> Tensor:
    return spectrum.real.square() + spectrum.imag.square()


def _heard_first(bands: Tensor) -> tuple[Tensor, Tensor]:
    """The frames in their order, the silent ones last, and how many are not silent.

    Shapes: [batch, stage, band, frame] -> [batch, stage, frame], [batch, stage].
    """
    level = bands.sum(2)
    is_silent = level <= level.amax(-1, keepdim=True) * power(-RANGE_DB)
    order = is_silent.to(torch.int8).argsort(dim=-1, stable=True)
    return order, (~is_silent).sum(-1)


def _segments(envelopes: Tensor, order: Tensor, size: int) -> Tensor:
    """Overlapping segments: [batch, stage, band, frame] -> [batch, stage, band, segment, size]."""
    place = order[:, :, None].expand(envelopes.shape)
    return envelopes.gather(-1, place).unfold(-1, size, 1)


def _of_bands(clean: Tensor, enhanced: Tensor) -> Tensor:
    """Mean correlation of the bands, the estimate at the reference's level and clipped.

    Shapes: [batch, stage, band, segment, size] -> [batch, stage, segment].
    """
    level = clean.norm(dim=-1, keepdim=True) / enhanced.norm(dim=-1, keepdim=True)
    clipped = torch.minimum(level * enhanced, (1 + amplitude(CLIP_DB)) * clean)
    return (_direction(clean) * _direction(clipped)).sum(-1).mean(2)


def _of_spectrograms(clean: Tensor, enhanced: Tensor) -> Tensor:
    """Mean correlation of the frames, after each band has mean 0 and norm 1.

    Shapes: [batch, stage, band, segment, size] -> [batch, stage, segment].
    """
    clean, enhanced = (_direction(_direction(signal), dim=2) for signal in (clean, enhanced))
    return (clean * enhanced).sum(2).mean(-1)


def _direction(rows: Tensor, dim: int = -1) -> Tensor:
    """Rows along `dim` of mean 0 and norm 1; rows that hardly vary become 0."""
    centred = rows - rows.mean(dim, keepdim=True)
    return centred / (centred.square().sum(dim, keepdim=True) + FLAT).sqrt()
