"""A plain folder of any audio that libsndfile reads: no code needed for a corpus of one's own."""

from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files
from datagen.recordings import Recording

LEVELS = ("file", "folder", "top")


class Folder(CorpusOnDisk):
    """Every audio file under `root`; ids begin with `name`.

    source and category say what tells speakers (or recordings) and kinds of noise apart: "file" (its name), "folder"
    (the folder it lies in) or "top" (the folder right below `root`). A category of "" says that nothing is known.
    Raises ValueError for another word.
    """

    title = "a folder of audio"
    layout = "any files that libsndfile reads, in subfolders too"
    remedy = "Give a folder that exists as its root"

    def __init__(self, root: str, name: str, source: str = "file", category: str = "file"):
        for option, value in (("source", source), ("category", category)):
            if value not in LEVELS and (option, value) != ("category", ""):
                raise ValueError(f"{option}={value!r} of {root}: must be one of {', '.join(LEVELS)}")
        super().__init__(root)
        self.name, self.source, self.category = name, source, category

    def recordings(self) -> list[Recording]:
        """All of the folder; raises FileNotFoundError where it is missing or empty."""
        base = self.folder()
        return [
            Recording(
                f"{self.name}/{path.relative_to(base).as_posix()}",
                str(path),
                f"{self.name}/{_level(path, base, self.source)}",
                _level(path, base, self.category) if self.category else "",
            )
            for path in self.nonempty(audio_files(base), base)
        ]


def _level(path: Path, base: Path, level: str) -> str:
    inside = path.relative_to(base)
    if level == "file":
        return inside.with_suffix("").as_posix()
    folders = inside.parts[:-1]
    if not folders:
        raise ValueError(f"{path}: lies right in {base}, so no {level} tells its source; choose source=file")
    return folders[0] if level == "top" else "/".join(folders)
