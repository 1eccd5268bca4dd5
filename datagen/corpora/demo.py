"""The embedded demo corpus, built where it is missing."""

from pathlib import Path

from datagen.corpora.folder import folder
from datagen.demo import build_demo
from datagen.recordings import Recording

SOURCES = {"speech": "folder", "noise": "file"}


def demo(root: str, part: str) -> list[Recording]:
    """Recordings of `part` ("speech/demo/train", "noise/demo/unseen", ...) of the demo corpus under `root`."""
    built = build_demo(Path(root))
    kind = part.split("/")[0]
    found = folder(str(built / part), f"demo/{part.split('/')[-1]}", SOURCES[kind], "file" if kind == "noise" else "")
    return [Recording(r.id, r.path, r.source, kind=r.kind.rsplit("-", 1)[0]) for r in found]
