"""The contract of every source of tunes."""

from abc import ABC, abstractmethod

from datagen.melodies.tune import Tune


class Tunes(ABC):
    """Tunes to learn from, made from an option of conf/tunes.

    Constructors read no disk. title, licence: the name of the tunes, and the terms of their use;
    "" where unknown.
    """

    title = ""
    licence = ""

    @abstractmethod
    def tunes(self) -> list[Tune]:
        """All tunes, always in the same order, with unique ids.

        Raises FileNotFoundError if there are none, with the way to get some, and ValueError for
        files that are not tunes.
        """
