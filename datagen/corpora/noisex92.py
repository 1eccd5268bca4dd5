"""NOISEX-92 (Varga and Steeneken, 1993): one file per noise, named after it."""

from collections.abc import Sequence

from datagen.corpora.layout import audio_files, existing, known, nonempty
from datagen.recordings import Recording

EXPECTED = "NOISEX-92 as one audio file per noise: babble.wav, white.wav, ..."
REMEDY = "'python download.py corpus=noisex92' says where to ask"


def noisex92(root: str, names: Sequence[str] | None = None) -> list[Recording]:
    """The noises called `names` (None: all), in the order given; kind is the name.

    Raises FileNotFoundError for a missing or empty folder, ValueError for a name that is not there.
    """
    folder = existing(root, EXPECTED, REMEDY)
    files = {path.stem: path for path in nonempty(audio_files(folder), folder, EXPECTED)}
    chosen = sorted(files) if names is None else known(names, files, f"names of {root}")
    return [Recording(f"noisex92/{name}", str(files[name]), f"noisex92/{name}", kind=name) for name in chosen]
