"""Tables that older versions wrote: what their columns are today, in one step where they are read."""

from collections.abc import Callable, Mapping, Sequence

from datagen.split import SPLITS
from files.schema import Cells

LACKING = {
    "content": "",
    "offset": 0,
    "gain": 1.0,
    "counted": False,
}  # columns that the first tables did not have
SEXES = ("F", "M")
SEEN = {
    "seen": "",
    **{f"seen-{split}": split for split in SPLITS},
}  # names of vectors, and the split that each served


def speech(cells: Cells) -> Cells:
    """Of speech.csv: `category` was the speaker's sex, or whatever a folder was called."""
    return _replaced(cells, "category", _of_speaker)


def noise(cells: Cells) -> Cells:
    """Of noise.csv: `category` was the kind of noise; the name of a vector told whom it served."""
    cells = _replaced(cells, "category", _of_noise)
    return cells if "seen" in cells else _replaced(cells, "vector", _of_vector)


def _replaced(cells: Cells, name: str, facts: Callable[[Sequence[str]], Cells]) -> Cells:
    """`cells` with the columns `facts` in the place of the column `name`, where that is there."""
    columns = [facts(column) if key == name else {key: column} for key, column in cells.items()]
    return {key: column for some in columns for key, column in some.items()}


def _of_speaker(category: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {
        "kind": [""] * len(category),
        "sex": [word if word in SEXES else "" for word in category],
    }


def _of_noise(category: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {"kind": category, "sex": [""] * len(category)}


def _of_vector(vector: Sequence[str]) -> Mapping[str, Sequence[str]]:
    seen = [str(name in SEEN) for name in vector]
    return {"vector": vector, "seen": seen, "split": [SEEN.get(name, "test") for name in vector]}
