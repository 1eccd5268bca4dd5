"""The embedded demo corpus, built where it is missing."""

from pathlib import Path

from datagen.corpora.corpus import Corpus
from datagen.corpora.folder import Folder
from datagen.corpora.layout import known
from datagen.demo import PARTS, build_demo
from datagen.recordings import Recording

SOURCES = {"speech": "folder", "noise": "file"}


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
        kind, name = self.part.split("/")[0], f"demo/{self.part.split('/')[-1]}"
        files = Folder(
            str(built / self.part), name, SOURCES[kind], "file" if kind == "noise" else ""
        )
        return [
            Recording(r.id, r.path, r.source, kind=r.kind.rsplit("-", 1)[0])
            for r in files.recordings()
        ]
