"""A plain folder of any audio that libsndfile reads: no code needed for a corpus of one's own."""

from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files
from datagen.recordings import Recording

LEVELS = ("file", "folder", "top")


class Folder(CorpusOnDisk):
    """Every audio file under `root`; ids begin with `name`.

    source, kind and sex say what tells speakers (or recordings), kinds of noise, and speakers' sex
    ("F", "M") apart: "file" (its name), "folder" (the folder it lies in) or "top" (the folder right
    below `root`). A kind or sex of "" says that nothing is known. title and licence stand in a
    model card, see `Corpus`. Raises ValueError for another word.
    """

    title = "a folder of audio"
    layout = "any files that libsndfile reads, in subfolders too"
    remedy = "Give a folder that exists as its root"

    def __init__(
        self,
        root: str,
        name: str,
        source: str = "file",
        kind: str = "file",
        sex: str = "",
        title: str = "",
        licence: str = "",
    ):
        options = {"source": source, "kind": kind, "sex": sex}
        for option, value in options.items():
            unknown = value == "" and option != "source"
            if value not in LEVELS and not unknown:
                levels = ", ".join(LEVELS)
                raise ValueError(f"{option}={value!r} of {root}: must be one of {levels}")
        super().__init__(root)
        self.name = name
        self.title = title or self.title
        self.licence = licence
        self.source, self.kind, self.sex = source, kind, sex

    def recordings(self) -> list[Recording]:
        """All of the folder.

        Raises FileNotFoundError where it is missing or empty, ValueError for no sex.
        """
        base = self.folder()
        paths = self.nonempty(audio_files(base), base)
        return [self._recording(path, base) for path in paths]

    def _recording(self, path: Path, base: Path) -> Recording:
        source = _level(path, base, self.source)
        return Recording(
            f"{self.name}/{path.relative_to(base).as_posix()}",
            str(path),
            f"{self.name}/{source}",
            kind=_level(path, base, self.kind) if self.kind else "",
            sex=_sex(path, base, self.sex) if self.sex else "",
        )


def _level(path: Path, base: Path, level: str) -> str:
    inside = path.relative_to(base)
    if level == "file":
        return inside.with_suffix("").as_posix()
    folders = inside.parts[:-1]
    if not folders:
        raise ValueError(
            f"{path}: lies right in {base}, so no {level} tells its source; choose source=file"
        )
    if level == "top":
        return folders[0]
    return "/".join(folders)


def _sex(path: Path, base: Path, level: str) -> str:
    sex = _level(path, base, level)
    if sex not in ("F", "M"):
        raise ValueError(
            f"{path}: lies under {sex!r}, which is neither F nor M; choose another sex=, or sex=''"
        )
    return sex
