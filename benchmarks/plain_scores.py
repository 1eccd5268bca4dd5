"""Pairs of signals as files, and their scores as the pages of pesq, pystoi and mir_eval show."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch

from datagen.library import Library
from datagen.plan import Plan
from datagen.render import render

PLAIN = ("pesq_nb", "pesq_wb", "stoi", "estoi", "sdr")
Pair = tuple[Path, Path]  # clean, enhanced


def write_pairs(
    block: Plan,
    library: Library,
    systems: Mapping[str, Callable],
    folder: Path,
) -> list[Pair]:
    """The test mixtures of `block` as files of `folder`, in the order of the rows of `score_plan`.

    systems: from a batch to what they make of it, by name.
    """
    pairs = []
    for row in block.split("test").to_dict("records"):
        signals = render(row, library)
        batch = {part: signal[None] for part, signal in signals.items()}
        mixture_id = row["mixture_id"]
        clean = folder / f"{mixture_id} clean.npy"
        _save(clean, batch["clean"])
        for name, system in systems.items():
            enhanced = folder / f"{mixture_id} {name}.npy"
            _save(enhanced, system(batch))
            pairs.append((clean, enhanced))
    return pairs


def _save(path: Path, batch: torch.Tensor) -> None:
    """The only signal of a batch [1, time]."""
    np.save(path, batch[0].double().numpy())


def plain_scores(clean: Path, enhanced: Path, sample_rate: int) -> tuple[float, ...]:
    """PLAIN of one pair of files [time]; the SDR in dB.

    Raises what the packages raise.
    """
    from mir_eval.separation import bss_eval_sources
    from pesq import pesq
    from pystoi import stoi

    reference = np.load(clean)
    estimate = np.load(enhanced)
    with warnings.catch_warnings(action="ignore"):
        sdr, *_ = bss_eval_sources(reference[None], estimate[None], compute_permutation=False)
    narrow = pesq(sample_rate, reference, estimate, "nb")
    wide = pesq(sample_rate, reference, estimate, "wb")
    plain = stoi(reference, estimate, sample_rate, extended=False)
    extended = stoi(reference, estimate, sample_rate, extended=True)
    return (
        narrow,
        wide,
        float(plain),
        float(extended),
        float(sdr[0]),
    )
