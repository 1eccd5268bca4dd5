"""A plain folder of any audio that libsndfile reads: no code needed for a corpus of one's own."""

from pathlib import Path

from datagen.corpora.layout import audio_files, existing, nonempty
from datagen.recordings import Recording

EXPECTED = "a folder of audio files (subfolders are searched too)"
LEVELS = ("file", "folder", "top")


def folder(root: str, name: str, source: str = "file", kind: str = "file", sex: str = "") -> list[Recording]:
    """Every audio file under `root`; ids begin with `name`.

    source, kind and sex say what tells speakers (or recordings), kinds of noise, and speakers' sex ("F", "M") apart:
    "file" (its name), "folder" (the folder it lies in) or "top" (the folder right below `root`). A kind or sex of ""
    says that nothing is known. Raises FileNotFoundError for a missing or empty folder, ValueError for another word.
    """
    for option, value in (("source", source), ("kind", kind), ("sex", sex)):
        if value not in LEVELS and (value or option == "source"):
            raise ValueError(f"{option}={value!r} of {root}: must be one of {', '.join(LEVELS)}")
    base = existing(root, EXPECTED, "Give a folder that exists as its root")
    return [
        Recording(
            f"{name}/{path.relative_to(base).as_posix()}",
            str(path),
            f"{name}/{_level(path, base, source)}",
            kind=_level(path, base, kind) if kind else "",
            sex=_sex(path, base, sex) if sex else "",
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


def _sex(path: Path, base: Path, level: str) -> str:
    sex = _level(path, base, level)
    if sex not in ("F", "M"):
        raise ValueError(f"{path}: lies under {sex!r}, which is neither F nor M; choose another sex=, or sex=''")
    return sex
