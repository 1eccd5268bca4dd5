"""Measures a run on clean speech, on noise alone, and on softer mixtures.

python generate.py experiment=librispeech data_root=DIR render=true output=RENDERED
python docs/extremes.py RUN RENDERED

Prints means over the files of RENDERED's test: clean speech, noise alone, and mixtures 30 dB
softer. A file without a score, as one in which PESQ finds no utterance, is left out and counted.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pandas as pd
import torch

from audio.pcm import FULL_SCALE
from audio.whole import whole
from dsp.decibel import amplitude
from dsp.level import snr_db
from metrics.pesq_wb import PESQWideband
from metrics.si_sdr import SISDR
from metrics.table import scores
from models.enhancer import Enhancer
from models.run import load_run

SOFTER_DB = -30.0
OF_CLEAN = {"pesq_wb": PESQWideband(), "si_sdr": SISDR()}
STARTED_S = 1.0  # time after which a network has adapted to the absence of speech


def main(run: str, rendered: str) -> None:
    """Print three lines."""
    enhancer = load_run(Path(run))
    test = Path(rendered) / "test"
    if not test.is_dir():
        sys.exit(f"{test}: is not a folder; generate.py render=true makes it")
    quality, distortion = _means(clean_speech, enhancer, test / "clean")
    print(f"clean speech: wide-band PESQ {quality:.2f}, SI-SDR {distortion:.1f} dB")
    (down,) = _means(noise_alone, enhancer, test / "noise")
    print(f"noise alone: {down:.1f} dB less of it, after the first {STARTED_S:g} s")
    (alike,) = _means(softer, enhancer, test / "mixture")
    print(f"{-SOFTER_DB:g} dB softer: the same within {alike:.0f} dB of what comes out")


def clean_speech(enhancer: Enhancer, clean: np.ndarray) -> tuple[float, float]:
    """Wide-band PESQ and SI-SDR of enhanced clean speech [time]; NaN for a score without value."""
    rate = enhancer.stft.sample_rate
    scored = scores(clean, _enhanced(enhancer, clean), rate, OF_CLEAN)
    return tuple(value for value, _ in scored.values())


def noise_alone(enhancer: Enhancer, noise: np.ndarray) -> tuple[float]:
    """The attenuation of noise [time] in dB after STARTED_S."""
    started = round(STARTED_S * enhancer.stft.sample_rate)
    left = _enhanced(enhancer, noise)[started:]
    return (_ratio_db(noise[started:], left),)


def softer(enhancer: Enhancer, mixture: np.ndarray) -> tuple[float]:
    """The difference of the outputs for a mixture [time] and a softer one, in dB."""
    enhanced = _enhanced(enhancer, mixture)
    gain = amplitude(SOFTER_DB)
    return (_ratio_db(_enhanced(enhancer, gain * mixture) / gain - enhanced, enhanced),)


def _enhanced(enhancer: Enhancer, samples: np.ndarray) -> np.ndarray:
    given = torch.from_numpy(samples.astype(np.float32))
    return enhancer.enhance(given[None])[0].double().numpy()


def _ratio_db(one: np.ndarray, other: np.ndarray) -> float:
    return snr_db(torch.from_numpy(one), torch.from_numpy(other)).item()


def _means(measure: Callable, enhancer: Enhancer, folder: Path) -> np.ndarray:
    """The means of the results of `measure` over a folder's files, without NaN, which is noted."""
    results = np.array([measure(enhancer, samples) for samples in _files(folder, enhancer)])
    lacking = np.isnan(results).sum(axis=0)
    if lacking.any():
        print(f"note: {folder}: {lacking.max()} of {len(results)} files have no score")
    return pd.DataFrame(results).mean().to_numpy()


def _files(folder: Path, enhancer: Enhancer) -> Iterator[np.ndarray]:
    for path in sorted(folder.iterdir()):
        steps, _ = whole(path, enhancer.stft.sample_rate)
        yield steps / FULL_SCALE


if __name__ == "__main__":
    main(*sys.argv[1:])
