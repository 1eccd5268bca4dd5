"""What a table of scores has: its columns, and the systems that no other is."""

from datagen.row import scored_by
from models.system import CLEAN as CLEAN
from models.system import KNOWING as KNOWING  # the clean speech; these compete with none
from models.system import MIXTURE as MIXTURE
from models.system import ORACLE as ORACLE
from models.system import PHASE_SENSITIVE_MASK as PHASE_SENSITIVE_MASK

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
