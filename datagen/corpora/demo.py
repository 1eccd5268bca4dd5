"""The synthetic demo corpus, built if missing."""

from dataclasses import replace
from pathlib import Path

from datagen.corpora.corpus import Corpus
from datagen.corpora.folder import Folder
from datagen.corpora.layout import known
from datagen.demo import PARTS, UTTERANCES, build_demo
from datagen.recordings import Recording


class Demo(Corpus):
    """A `part` ("speech/demo/train", "noise/demo/unseen", ...) of the demo corpus under `root`.

    utterances: per voice; another number than 15 makes a separate corpus, beside `root`. Raises
    ValueError for an unknown part.
    """

    title = "the demo's speech and noise"
    licence = "made here, speech by eSpeak NG"

    def __init__(self, root: str, part: str, utterances: int = UTTERANCES):
        known(part, PARTS, "part of the demo corpus")
        self.root, self.part, self.utterances = Path(str(root)), part, utterances
        if utterances != UTTERANCES:
            self.root = self.root.with_name(f"{self.root.name}_{utterances}")
        self.name = f"demo/{part.rpartition('/')[2]}"

    def recordings(self) -> list[Recording]:
        """All recordings of the part; raises the errors of `build_demo`."""
        built = build_demo(self.root, utterances=self.utterances)
        if self.part.startswith("noise/"):
            files = Folder(str(built / self.part), self.name, source="file", kind="file")
        else:
            files = Folder(str(built / self.part), self.name, source="folder", kind="")
        return [_of_demo(recording) for recording in files.recordings()]


def _of_demo(recording: Recording) -> Recording:
    """The recording with its kind, which is the file's name without its number."""
    kind = recording.kind.rsplit("-", 1)[0]
    return replace(recording, kind=kind)
