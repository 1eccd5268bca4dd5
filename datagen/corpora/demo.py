"""The embedded demo corpus, built where it is missing."""

from dataclasses import replace
from pathlib import Path

from datagen.corpora.corpus import Corpus
from datagen.corpora.folder import Folder
from datagen.corpora.layout import known
from datagen.demo import PARTS, build_demo
from datagen.recordings import Recording


class Demo(Corpus):
    """A `part` ("speech/demo/train", "noise/demo/unseen", ...) of the demo corpus under `root`.

    Raises ValueError for a part that there is not.
    """

    title = "the demo's speech and noise"
    licence = "made here, speech by eSpeak NG"

    def __init__(self, root: str, part: str):
        known(part, PARTS, "part of the demo corpus")
        self.root, self.part = Path(str(root)), part
        self.name = f"demo/{part.rpartition('/')[2]}"

    def recordings(self) -> list[Recording]:
        """All of the part; raises like `build_demo`."""
        built = build_demo(self.root)
        if self.part.startswith("noise/"):
            files = Folder(str(built / self.part), self.name, source="file", kind="file")
        else:
            files = Folder(str(built / self.part), self.name, source="folder", kind="")
        return [_of_demo(recording) for recording in files.recordings()]


def _of_demo(recording: Recording) -> Recording:
    """kind: the file's name without its number."""
    kind = recording.kind.rsplit("-", 1)[0]
    return replace(recording, kind=kind)
