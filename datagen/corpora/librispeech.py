"""LibriSpeech (Panayotov et al., 2015): SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTT.flac."""

from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files, known
from datagen.recordings import Recording


class LibriSpeech(CorpusOnDisk):
    """Recordings of `subsets` (None: all there are); source is the reader, sex that from SPEAKERS.TXT."""

    title = "LibriSpeech"
    layout = "SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTT.flac"
    remedy = "'python download.py corpus=librispeech_train_clean_100 data_root=DIR' fetches one"

    def __init__(self, root: str, subsets: Sequence[str] | None = None):
        super().__init__(root)
        self.subsets = subsets

    def recordings(self) -> list[Recording]:
        """Subset after subset; raises FileNotFoundError for an empty one, ValueError for an unknown one."""
        folder = self.folder()
        there = sorted(path.name for path in folder.glob("[!.]*") if path.is_dir())
        chosen = (
            there if self.subsets is None else known(self.subsets, there, f"subsets of {self.root}")
        )
        sexes = _sexes(folder / "SPEAKERS.TXT")
        found = []
        for subset in chosen:
            for path in self.nonempty(audio_files(folder / subset), folder / subset):
                speaker = path.stem.split("-")[0]
                name = path.relative_to(folder).with_suffix("").as_posix()
                sex = sexes.get(speaker, "")
                found.append(
                    Recording(f"librispeech/{name}", str(path), f"librispeech/{speaker}", sex=sex)
                )
        return found


def _sexes(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = [
        line
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if not line.startswith(";")
    ]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return {row[0]: row[1] for row in cells if len(row) > 1}
