"""What a table of scores has: its columns, and the two systems that are in every one."""

from datagen.row import scored_by

MIXTURE, ORACLE = "mixture", "oracle"  # names of systems
# Columns that say which signal a row is about; one for each metric follows, and `failed`, why some
# have no value.
IDENTITY = [
    "system",
    "mixture_id",
    "sample_rate",
    "snr_db",
    "noise_seen",
    "noise_id",
    "noise_type",
    "speech_id",
    "speaker",
    "sex",
]
IDENTITY += [name for name in scored_by() if name not in IDENTITY]
