"""LibriSpeech (Panayotov et al., 2015): SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTT.flac."""

from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.layout import audio_files, existing, known, nonempty
from datagen.recordings import Recording

EXPECTED = "LibriSpeech's layout SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTT.flac"
REMEDY = "'python download.py corpus=librispeech_train_clean_100 data_root=DIR' fetches one"


def librispeech(root: str, subsets: Sequence[str]) -> list[Recording]:
    """Recordings of `subsets` under `root`; source is the reader, sex that from SPEAKERS.TXT.

    Raises FileNotFoundError for a missing or empty subset, ValueError for an unknown one.
    """
    folder = existing(root, EXPECTED, REMEDY)
    chosen = known(subsets, [path.name for path in folder.iterdir() if path.is_dir()], f"subsets of {root}")
    sexes = _sexes(folder / "SPEAKERS.TXT")
    found = []
    for subset in chosen:
        for path in nonempty(audio_files(folder / subset), folder / subset, EXPECTED):
            speaker = path.stem.split("-")[0]
            name = path.relative_to(folder).with_suffix("").as_posix()
            found.append(
                Recording(f"librispeech/{name}", str(path), f"librispeech/{speaker}", sex=sexes.get(speaker, ""))
            )
    return found


def _sexes(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = [
        line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if not line.startswith(";")
    ]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return {row[0]: row[1] for row in cells if len(row) > 1}
