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

    def __init__(self, root: str, part: str):
        known(part, PARTS, "part of the demo corpus")
        self.root, self.part = Path(str(root)), part

    def recordings(self) -> list[Recording]:
        """All of the part; raises like `build_demo`."""
        built = build_demo(self.root)
        kind, *_, name = self.part.split("/")
        if kind == "noise":
            files = Folder(str(built / self.part), f"demo/{name}", source="file", kind="file")
        else:
            files = Folder(str(built / self.part), f"demo/{name}", source="folder", kind="")
        return [_of_demo(recording) for recording in files.recordings()]


def _of_demo(recording: Recording) -> Recording:
    """kind: the file's name without its number."""
    kind = recording.kind.rsplit("-", 1)[0]
    return replace(recording, kind=kind)
