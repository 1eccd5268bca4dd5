"""The columns of a table of scores, and the names of special systems."""

from collections.abc import Iterable

from datagen.row import scored_by
from models.system_names import CLEAN as CLEAN
from models.system_names import KNOWING as KNOWING  # systems that are not ranked
from models.system_names import MIXTURE as MIXTURE
from models.system_names import ORACLE as ORACLE
from models.system_names import PHASE_SENSITIVE_MASK as PHASE_SENSITIVE_MASK

# Columns that identify the signal of a row. A column per metric follows, and `failed`, the reason
# for missing values.
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
IDENTITY += ["fold"]  # the fold of a row; "" for a single test

_SHARE = " of the mixture"


def mixed_back_name(system: str, share: float) -> str:
    """The name of a system with `share` of the mixture added back.

    >>> mixed_back_name("net", 0.2)
    'net, 0.2 of the mixture'
    """
    return f"{system}, {share:g}{_SHARE}"


def shares_mixed_back(systems: Iterable[str]) -> dict[str, dict[float, str]]:
    """Systems by the name of the original system, and by the share of the mixture, from 0 on.

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
