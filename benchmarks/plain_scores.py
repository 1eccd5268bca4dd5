"""Pairs of signals as files, and their scores as pesq, pystoi and mir_eval document them."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from models.system import System
from reporting.scoring.bench import Bench

PLAIN = ("pesq_nb", "pesq_wb", "stoi", "estoi", "sdr")
Pair = tuple[Path, Path]  # clean, enhanced


def write_pairs(
    bench: Bench,
    systems: Mapping[str, System],
    folder: Path,
) -> list[Pair]:
    """Write the mixtures of `bench` as files to `folder`, in the row order of `score_plan`."""
    pairs = []
    for mixture in bench.mixtures():
        mixture_id = mixture.identity["mixture_id"]
        clean = folder / f"{mixture_id} clean.npy"
        np.save(clean, mixture.samples("clean"))
        for name, system in systems.items():
            enhanced = folder / f"{mixture_id} {name}.npy"
            np.save(enhanced, bench.enhanced(system, mixture).answer)
            pairs.append((clean, enhanced))
    return pairs


def plain_scores(clean: Path, enhanced: Path, sample_rate: int) -> tuple[float, ...]:
    """PLAIN of one pair of files [time]; the SDR in dB.

    Raises the errors of the packages.
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
