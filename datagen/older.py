"""Upgrades tables of older versions when they are read."""

from collections.abc import Callable, Mapping, Sequence

from datagen.split import SPLITS
from files.schema import Cells

# Columns that the first tables did not have.
LACKING = {"content": "", "offset": 0, "gain": 1.0, "counted": False, "text": ""}
# Columns of plan.csv that were renamed, by their first names.
RENAMED = {"heard": "present"}
SEXES = ("F", "M")
# Names of vectors, and the split that each served.
SEEN = {"seen": ""} | {f"seen-{split}": split for split in SPLITS}


def rows(cells: Cells) -> Cells:
    """Upgrade plan.csv: a column was renamed."""
    return {RENAMED.get(name, name): column for name, column in cells.items()}


def speech(cells: Cells) -> Cells:
    """Upgrade speech.csv: `category` was the speaker's sex, or the name of a folder."""
    return _replaced(cells, "category", _of_speaker)


def noise(cells: Cells) -> Cells:
    """Upgrade noise.csv: `category` was the kind of noise; a vector's name contained its split."""
    cells = _replaced(cells, "category", _of_noise)
    if "seen" in cells:
        return cells
    return _replaced(cells, "vector", _of_vector)


def _replaced(cells: Cells, name: str, facts: Callable[[Sequence[str]], Cells]) -> Cells:
    """`cells` with the columns `facts` instead of the column `name`, if it has that."""
    replaced = {}
    for key, column in cells.items():
        if key == name:
            replaced.update(facts(column))
        else:
            replaced[key] = column
    return replaced


def _of_speaker(category: Sequence[str]) -> Mapping[str, Sequence[str]]:
    unknown = [""] * len(category)
    sex = [word if word in SEXES else "" for word in category]
    return {"kind": unknown, "sex": sex}


def _of_noise(category: Sequence[str]) -> Mapping[str, Sequence[str]]:
    unknown = [""] * len(category)
    return {"kind": category, "sex": unknown}


def _of_vector(vector: Sequence[str]) -> Mapping[str, Sequence[str]]:
    seen = [str(name in SEEN) for name in vector]
    split = [SEEN.get(name, "test") for name in vector]
    return {"vector": vector, "seen": seen, "split": split}
