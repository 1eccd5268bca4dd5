"""A plain folder of any audio that libsndfile reads: no code needed for a corpus of one's own."""

from pathlib import Path

from datagen.corpora.layout import audio_files, existing, nonempty
from datagen.recordings import Recording

EXPECTED = "a folder of audio files (subfolders are searched too)"
LEVELS = ("file", "folder", "top")


def folder(root: str, name: str, source: str = "file", category: str = "file") -> list[Recording]:
    """Every audio file under `root`; ids begin with `name`.

    source and category say what tells speakers (or recordings) and kinds of noise apart: "file" (its name), "folder"
    (the folder it lies in) or "top" (the folder right below `root`). A category of "" says that nothing is known.
    Raises FileNotFoundError for a missing or empty folder, ValueError for another word.
    """
    for option, value in (("source", source), ("category", category)):
        if value not in LEVELS and (option, value) != ("category", ""):
            raise ValueError(f"{option}={value!r} of {root}: must be one of {', '.join(LEVELS)}")
    base = existing(root, EXPECTED, "Give a folder that exists as its root")
    return [
        Recording(
            f"{name}/{path.relative_to(base).as_posix()}",
            str(path),
            f"{name}/{_level(path, base, source)}",
            _level(path, base, category) if category else "",
        )
        for path in nonempty(audio_files(base), base, EXPECTED)
    ]


def _level(path: Path, base: Path, level: str) -> str:
    inside = path.relative_to(base)
    if level == "file":
        return inside.with_suffix("").as_posix()
    folders = inside.parts[:-1]
    if not folders:
        raise ValueError(f"{path}: lies right in {base}, so no {level} tells its source; choose source=file")
    return folders[0] if level == "top" else "/".join(folders)
