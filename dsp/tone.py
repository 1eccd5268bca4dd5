"""The description of a tone that is synthesised or searched for."""

from typing import NamedTuple


class Tone(NamedTuple):
    """A sine of `hz` and `amplitude`, from `begin_s` to `end_s` seconds (None: to the end).

    >>> Tone(50, begin_s=1.5)
    Tone(hz=50, amplitude=1.0, begin_s=1.5, end_s=None)
    """

    hz: float
    amplitude: float = 1.0
    begin_s: float = 0.0
    end_s: float | None = None
