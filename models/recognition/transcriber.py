"""Recognisers as functions from a signal to text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from files.fingerprint import of_sources
from models.recognition.pocketsphinx import PocketSphinx
from models.recognition.trained import RecognitionRun
from models.run import run_config
from models.system import System

OUTSIDE = {"pocketsphinx": PocketSphinx}
Opened = Callable[[Path, str], System]  # a run, on a device


class Transcriber:
    """The recogniser of the run in `folder`, as a function; made_of: its identity.

    Raises ValueError for a run of another task and a damaged run, FileNotFoundError for a missing
    run.
    """

    def __init__(self, folder: Path, device: str, opened: Opened):
        run = opened(folder, device)
        if not isinstance(run, RecognitionRun):
            raise ValueError(
                f"run={folder}: gives {run.gives} and hears no words; give one of "
                "python train.py experiment=demo_recognition recipe=recognition output=RUN"
            )
        self.run, self.device, self.folder = run, device, folder
        self.sample_rate = run_config(folder).sample_rate
        self.made_of: Any = [run.made_of, of_sources("models", "tasks", "text")]

    def __call__(self, signal: np.ndarray, sample_rate: int) -> str:
        """The transcript of a signal [time] at the rate of the run."""
        batch = torch.from_numpy(signal).float()[None].to(self.device)
        length = torch.tensor([batch.shape[-1]], device=self.device)
        (text,) = self.run.texts(batch, length)
        return text


def outside_recogniser(name: str) -> PocketSphinx:
    """The outside recogniser `name`; raises ValueError for an unknown or a missing one."""
    if name not in OUTSIDE:
        raise ValueError(f"by={name!r}: no such recogniser; there is {', '.join(OUTSIDE)}")
    return OUTSIDE[name]()
