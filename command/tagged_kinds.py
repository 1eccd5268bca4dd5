"""Names noises of unknown kind by a tagger."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from datagen.pairs.pairs import UNKNOWN
from datagen.plan import Plan
from datagen.signals import Signals
from enhancing.noises import noises
from models.tagging.namer import Namer


class TaggedKinds(Signals):
    """The audio of other signals, with a kind for every noise id."""

    def __init__(self, signals: Signals, kinds: Mapping[str, str]):
        self._signals, self._kinds = signals, kinds
        self.follows_plan = signals.follows_plan

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See `Signals.signals`."""
        return self._signals.signals(row)

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The known kind, or the kind that the tagger names."""
        return self._kinds.get(noise_id) or self._signals.noise_type(noise_id, start, length)


def with_tagged_kinds(plan: Plan, audio: Signals, namer: Namer) -> TaggedKinds:
    """`audio` of the recordings of `plan`; `namer` names the unknown kinds of noise.

    They stay unknown if the recording is silent.
    """
    unknown = plan.noise[plan.noise.kind == UNKNOWN]
    kinds = {}
    for name, path in zip(unknown.id, unknown.path, strict=True):
        kinds[name] = next(iter(noises(namer, Path(path))), UNKNOWN)
    return TaggedKinds(audio, kinds)
