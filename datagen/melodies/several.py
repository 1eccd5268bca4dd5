"""Several sources of tunes as one."""

from collections.abc import Mapping

from datagen.melodies.tune import Tune
from datagen.melodies.tunes import Tunes


class Several(Tunes):
    """The tunes of all `parts`, which are sources by name."""

    def __init__(self, parts: Mapping[str, Tunes]):
        self.parts = parts
        self.title = ", ".join(part.title for part in parts.values())
        self.licence = "; ".join({part.licence: None for part in parts.values()})

    def tunes(self) -> list[Tune]:
        """Part by part."""
        tunes = []
        for part in self.parts.values():
            tunes += part.tunes()
        return tunes
