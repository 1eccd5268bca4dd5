"""Families of tunes (versions of one tune, in any key), and the split of each family.

A network that has learned one version in training would know another version in the test.
"""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

from datagen.melodies.tune import Note, Tune

RUN = 16  # steps from note to note, in any key: tunes that share them are of one family


def families(tunes: Sequence[Tune]) -> list[str]:
    """The family of each tune, by the id of one of its members.

    Tunes are of one family if they share RUN steps in a row, transposed or not; short tunes, if
    they share all steps. Tunes that are related through a third tune are of one family, too.
    """
    above = list(range(len(tunes)))
    owner: dict[tuple, int] = {}
    for number, tune in enumerate(tunes):
        for run in _runs(tune.notes):
            other = owner.setdefault(run, number)
            above[_top(above, number)] = _top(above, other)
    members: dict[int, list[str]] = {}
    for number, tune in enumerate(tunes):
        members.setdefault(_top(above, number), []).append(tune.id)
    return [min(members[_top(above, number)]) for number in range(len(tunes))]


def split_of(family: str, validation: float, test: float) -> str:
    """The split of a family, by its name alone, so that new tunes do not move other families.

    validation, test: the shares of the two, 0 to 1.
    """
    digest = hashlib.sha256(family.encode(errors="surrogateescape")).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"


def _top(above: list[int], number: int) -> int:
    """The tune that represents the family so far."""
    while above[number] != number:
        above[number] = above[above[number]]
        number = above[number]
    return number


def _runs(notes: Sequence[Note]) -> list[tuple]:
    """All runs of RUN steps from a note to the next, which transposition does not change."""
    steps = []
    for before, note in pairwise(notes):
        rest = before.pitch is None or note.pitch is None
        steps.append((None if rest else note.pitch - before.pitch, before.ticks))
    if len(steps) < RUN:
        return [tuple(steps)]
    return [tuple(steps[begin : begin + RUN]) for begin in range(len(steps) - RUN + 1)]
