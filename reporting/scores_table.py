"""What a table of scores has: its columns, and the systems that no other is."""

from collections.abc import Iterable

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
IDENTITY += ["fold"]  # of the tests that are put together; "" where there is one alone

_SHARE = " of the mixture"


def mixed_back_name(system: str, share: float) -> str:
    """What a system is called that has `share` of the mixture added back.

    >>> mixed_back_name("net", 0.2)
    'net, 0.2 of the mixture'
    """
    return f"{system}, {share:g}{_SHARE}"


def shares_mixed_back(systems: Iterable[str]) -> dict[str, dict[float, str]]:
    """Systems by what they are without the mixture, and by its share, from 0 on.

    >>> shares_mixed_back(["mixture", "net", "net, 0.2 of the mixture"])
    {'net': {0.0: 'net', 0.2: 'net, 0.2 of the mixture'}}
    """
    known = list(systems)
    found: dict[str, dict[float, str]] = {}
    for system in known:
        name, _, share = system.removesuffix(_SHARE).rpartition(", ")
        if system.endswith(_SHARE) and name in known:
            found.setdefault(name, {0.0: name})[float(share)] = system
    return {name: dict(sorted(shares.items())) for name, shares in found.items()}
