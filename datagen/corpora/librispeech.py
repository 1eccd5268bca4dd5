"""LibriSpeech (Panayotov et al., 2015): SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTT.flac."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files, known
from datagen.corpora.transcripts import of_chapter
from datagen.recordings import Recording


class LibriSpeech(CorpusOnDisk):
    """Recordings of `subsets` (None: all that exist).

    source is the reader; sex is read from SPEAKERS.TXT.
    """

    name = "librispeech"
    title = "LibriSpeech"
    licence = "CC BY 4.0"
    layout = "SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTT.flac"
    remedy = "'python download.py corpus=librispeech_train_clean_100 data_root=DIR' fetches one"

    def __init__(self, root: str, subsets: Sequence[str] | None = None):
        super().__init__(root)
        self.subsets = subsets

    def recordings(self) -> list[Recording]:
        """The recordings, subset by subset.

        Raises FileNotFoundError for an empty subset, ValueError for an unknown one.
        """
        folder = self.folder()
        sexes = _sexes(folder / "SPEAKERS.TXT")
        recordings, texts = [], Texts()
        for subset in self._subsets(folder):
            for path in self.nonempty(audio_files(folder / subset), folder / subset):
                recordings.append(_recording(path, folder, sexes, texts))
        return recordings

    def _subsets(self, folder: Path) -> list[str]:
        there = sorted(path.name for path in folder.glob("[!.]*") if path.is_dir())
        if self.subsets is None:
            return there
        return known(self.subsets, there, f"subsets of {self.root}")


class Texts(dict):
    """Transcripts of the requested chapters, by folder and utterance."""

    def __missing__(self, folder: Path) -> dict[str, str]:
        self[folder] = of_chapter(folder)
        return self[folder]


def _recording(path: Path, folder: Path, sexes: Mapping[str, str], texts: Texts) -> Recording:
    speaker = path.stem.split("-")[0]
    name = path.relative_to(folder).with_suffix("").as_posix()
    sex = sexes.get(speaker, "")
    text = texts[path.parent].get(path.stem, "")
    corpus = LibriSpeech.name
    return Recording(f"{corpus}/{name}", str(path), f"{corpus}/{speaker}", sex=sex, text=text)


def _sexes(path: Path) -> dict[str, str]:
    """The sex of each speaker; empty without SPEAKERS.TXT."""
    if not path.exists():
        return {}
    sexes = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if not line.startswith(";") and len(cells) > 1:
            sexes[cells[0]] = cells[1]
    return sexes
