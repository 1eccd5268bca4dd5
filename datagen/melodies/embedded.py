"""The old tunes of the project, for a training without download."""

from pathlib import Path

from datagen.melodies.abc import read_abc
from datagen.melodies.tune import Tune
from datagen.melodies.tunes import Tunes

FILE = Path(__file__).with_name("embedded.abc")


class Embedded(Tunes):
    """Folk songs, dances, carols and themes that have long been in the public domain.

    Written down for this project, from memory: versions among many. They are few.
    """

    title = "old tunes, written down for this project"
    licence = "the tunes are in the public domain"

    def tunes(self) -> list[Tune]:
        """All of embedded.abc."""
        return read_abc(FILE.read_text(encoding="utf-8"), "embedded")
