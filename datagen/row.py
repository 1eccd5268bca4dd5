"""A row of a mixing plan: everything that was drawn for one mixture."""

from dataclasses import dataclass, field, fields
from typing import Any

# Marks a column by which scores are grouped; scores.csv has it, too.
IN_SCORES = {"in_scores": True}
# Marks a column that has its default value except in training rows.
OF_TRAINING = {"of_training": True}


@dataclass(frozen=True)
class Row:
    """One mixture of a plan: a row of plan.csv, whose columns are these fields.

    mixture_id: a unique name. split: "train", "validation" or "test". speech_id, noise_id: of
    speech.csv and noise.csv. speech_start, noise_start: the first sample in those recordings,
    length in samples; all at the plan's rate. snr_db: clean energy over noise energy of the whole
    excerpt. gain_db: joint gain of clean and noise. noise_seen: whether training uses the noise.
    present: "both", or "speech" or "noise" where the other part is silence; snr_db is then the
    SNR of the mixture of both. noise_2_id and noise_3_id: further noises, "" for none, cut like the
    first from their starts on. Their levels in dB are relative to the first noise, and snr_db is
    the SNR with the sum. speech_filter, noise_filter: the filters of the excerpts before mixing,
    see datagen.spectral_shape; "" for none. band: the upper limit of clean and noise, in cycles per
    sample (lengths too are in samples); 0 for no limit.

    A column that was added later has a default: its meaning in plans without it.
    """

    mixture_id: str = field(metadata=IN_SCORES)
    split: str
    speech_id: str = field(metadata=IN_SCORES)
    speech_start: int
    noise_id: str = field(metadata=IN_SCORES)
    noise_start: int
    length: int
    snr_db: float = field(metadata=IN_SCORES)
    gain_db: float
    noise_seen: bool = field(metadata=IN_SCORES)
    present: str = field(default="both", metadata=OF_TRAINING)
    noise_2_id: str = field(default="", metadata=OF_TRAINING)
    noise_2_start: int = field(default=0, metadata=OF_TRAINING)
    noise_2_db: float = field(default=0.0, metadata=OF_TRAINING)
    noise_3_id: str = field(default="", metadata=OF_TRAINING)
    noise_3_start: int = field(default=0, metadata=OF_TRAINING)
    noise_3_db: float = field(default=0.0, metadata=OF_TRAINING)
    speech_filter: str = field(default="", metadata=OF_TRAINING)
    noise_filter: str = field(default="", metadata=OF_TRAINING)
    band: float = field(default=0.0, metadata=OF_TRAINING)


def scored_by(row: type[Row] = Row) -> list[str]:
    """The columns of a plan that scores are grouped by."""
    return [column.name for column in fields(row) if column.metadata.get("in_scores")]


def of_training(row: type[Row] = Row) -> dict[str, Any]:
    """The defaults of the columns that only training rows may change, by name."""
    defaults = {}
    for column in fields(row):
        if column.metadata.get("of_training"):
            defaults[column.name] = column.default
    return defaults
