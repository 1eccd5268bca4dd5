"""TIMIT (LDC93S1): {TRAIN,TEST}/DR*/SPEAKER/SENTENCE.WAV, in either case, SPHERE or RIFF."""

from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files, known
from datagen.corpora.transcripts import beside, without_samples
from datagen.recordings import Recording

SUBSETS = ("train", "test", "TRAIN", "TEST")


class TIMIT(CorpusOnDisk):
    """Recordings of `subsets` ("train", "test"); source is the speaker.

    SA1 and SA2 are the same two sentences from every speaker. They are left out unless `sa`, and
    are then used in training only, so that no sentence is in two splits. Raises ValueError for an
    unknown subset.
    """

    name = "timit"
    title = "TIMIT"
    licence = "licensed by the LDC (LDC93S1)"
    layout = "{TRAIN,TEST}/DR1/FCJF0/SA1.WAV, ... (upper or lower case)"
    remedy = (
        "TIMIT is licensed by the LDC (LDC93S1); "
        "'python download.py corpus=timit' says where to ask"
    )

    def __init__(self, root: str, subsets: Sequence[str] = ("train", "test"), sa: bool = False):
        super().__init__(root)
        self.subsets = known(subsets, SUBSETS, f"subsets of {root}")
        self.sa = sa

    def recordings(self) -> list[Recording]:
        """The recordings, subset by subset; raises FileNotFoundError for an empty subset."""
        recordings = []
        for subset in self.subsets:
            recordings += self._subset(subset.lower())
        return recordings

    def _subset(self, subset: str) -> list[Recording]:
        folder = self.folder()
        paths = [path for path in audio_files(folder) if _in_subset(path, folder, subset)]
        # Some copies hold SA1.WAV (SPHERE) and SA1.WAV.wav (RIFF) side by side: the shorter name,
        # which comes last, stands for both.
        paths.sort(key=lambda path: (-len(path.name), path))
        unique = {_name(path, folder): path for path in paths}
        self.nonempty(list(unique), folder / subset)
        with_sa = self.sa and subset == "train"
        recordings = []
        for name, path in sorted(unique.items()):
            if with_sa or not _is_sa(name):
                recordings.append(_recording(name, path))
        return recordings


def _in_subset(path: Path, folder: Path, subset: str) -> bool:
    if path.suffix.lower() != ".wav":
        return False
    names = path.relative_to(folder).parts
    return len(names) == 4 and names[0].lower() == subset


def _name(path: Path, folder: Path) -> str:
    *folders, file = path.relative_to(folder).parts
    sentence = file.split(".")[0]
    return "/".join([*folders, sentence]).lower()


def _recording(name: str, path: Path) -> Recording:
    speaker = name.split("/")[2]
    sex = speaker[0].upper()
    only = "train" if _is_sa(name) else ""
    corpus = TIMIT.name
    text = without_samples(beside(path.with_name(path.name.split(".")[0])))
    return Recording(
        f"{corpus}/{name}", str(path), f"{corpus}/{speaker}", sex=sex, only=only, text=text
    )


def _is_sa(name: str) -> bool:
    return name.split("/")[-1] in ("sa1", "sa2")
