"""TIMIT (LDC93S1): {TRAIN,TEST}/DR*/SPEAKER/SENTENCE.WAV, in either case, SPHERE or RIFF headers."""

from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files, known
from datagen.recordings import Recording

SUBSETS = ("train", "test", "TRAIN", "TEST")


class TIMIT(CorpusOnDisk):
    """Recordings of `subsets` ("train", "test"); source is the speaker.

    SA1 and SA2 are the same two sentences from every speaker. They are left out unless `sa`, and
    then serve in the training split alone, so that no sentence crosses splits through them.
    Raises ValueError for an unknown subset.
    """

    title = "TIMIT"
    layout = "{TRAIN,TEST}/DR1/FCJF0/SA1.WAV, ... (upper or lower case)"
    remedy = "TIMIT is licensed by the LDC (LDC93S1); 'python download.py corpus=timit' says where to ask"

    def __init__(self, root: str, subsets: Sequence[str] = ("train", "test"), sa: bool = False):
        super().__init__(root)
        self.subsets = known(subsets, SUBSETS, f"subsets of {root}")
        self.sa = sa

    def recordings(self) -> list[Recording]:
        """Subset after subset, by name; raises FileNotFoundError for an empty one."""
        return [recording for subset in self.subsets for recording in self._subset(subset.lower())]

    def _subset(self, subset: str) -> list[Recording]:
        folder = self.folder()
        parts = {
            path: path.relative_to(folder).parts
            for path in audio_files(folder)
            if path.suffix.lower() == ".wav"
        }
        within = [
            path for path, names in parts.items() if len(names) == 4 and names[0].lower() == subset
        ]
        # Some copies hold SA1.WAV (SPHERE) and SA1.WAV.wav (RIFF) side by side: the shorter name stands for both.
        unique = {
            _name(path, folder): path
            for path in sorted(within, key=lambda path: (-len(path.name), path))
        }
        self.nonempty(list(unique), folder / subset)
        with_sa = self.sa and subset == "train"
        return [
            _recording(name, path)
            for name, path in sorted(unique.items())
            if with_sa or not _is_sa(name)
        ]


def _name(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    return "/".join([*parts[:-1], parts[-1].split(".")[0]]).lower()


def _recording(name: str, path: Path) -> Recording:
    speaker = name.split("/")[2]
    only = "train" if _is_sa(name) else ""
    return Recording(
        f"timit/{name}", str(path), f"timit/{speaker}", sex=speaker[0].upper(), only=only
    )


def _is_sa(name: str) -> bool:
    return name.split("/")[-1] in ("sa1", "sa2")
