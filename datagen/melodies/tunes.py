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
        """All of them, always in the same order, their ids unlike.

        Raises FileNotFoundError where there are none, with how to get some, and ValueError for
        files that are no tunes.
        """
