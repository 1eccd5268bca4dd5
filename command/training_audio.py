"""The line about the audio that a training is about to hear."""

from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from command.process import is_first
from datagen.from_config import jobs
from datagen.measured import measured
from reporting.tables.training_audio import data_line, training_recordings


def tell(cfg: DictConfig, speech: pd.DataFrame, noise: pd.DataFrame, left_out: int = 0) -> None:
    """Print one line, in the first process, about the training audio.

    Files are measured once, and only if the training decodes them: not if it reads rendered audio,
    or if check_audio is off.
    """
    if not is_first():
        return
    speech, noise = training_recordings(speech, noise)
    paths = [*speech.path, *noise.path]
    decoded = cfg.check_audio and cfg.data.folder is None
    processes = jobs(cfg) if decoded else 0
    measures = measured(paths, Path(cfg.cache), processes)
    print(data_line(speech, noise, measures, left_out))
