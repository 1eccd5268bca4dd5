"""A folder of any audio files, as a corpus without code."""

import logging
from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files
from datagen.corpora.transcripts import beside
from datagen.recordings import Recording

log = logging.getLogger(__name__)
LEVELS = ("file", "folder", "top")

_NOTED: set[Path] = set()  # corpora are listed more than once


class Folder(CorpusOnDisk):
    """Every audio file under `root`; ids begin with `name`; NAME.txt is the transcript of NAME.*.

    source, kind and sex say how to find the speaker (or recording), the kind of noise, and the
    speaker's sex ("F", "M") of a file: by "file" (its name), "folder" (the folder that holds it) or
    "top" (the folder directly below `root`). Files directly in `root` then have one source, and no
    known kind. A kind or sex of "" is unknown. title, licence: for a model card, see `Corpus`.
    Raises ValueError for another word.
    """

    title = "a folder of audio"
    layout = "any files that libsndfile reads, in subfolders too"

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

    @property
    def expected(self) -> str:
        """See `CorpusOnDisk.expected`."""
        return f"put audio there ({self.layout}), or add {self.option}.root=DIR"

    def recordings(self) -> list[Recording]:
        """All recordings of the folder.

        Raises FileNotFoundError if it is missing or empty, ValueError for an invalid sex.
        """
        base = self.folder()
        paths = self.nonempty(audio_files(base, tell_all=True), base)
        self._note_files_in_root(paths, base)
        return [self._recording(path, base) for path in paths]

    def _note_files_in_root(self, paths: Sequence[Path], base: Path) -> None:
        """Print a note on files outside of subfolders, if `source` is the name of a subfolder."""
        in_root = [path for path in paths if path.parent == base]
        if not in_root or self.source == "file" or base in _NOTED:
            return
        _NOTED.add(base)
        log.warning(
            "note: %d file(s) lie right in %s (%s) and count as one speaker or source; if each is "
            "of another, add %s.source=file",
            len(in_root),
            base,
            in_root[0].name,
            self.option,
        )

    def _recording(self, path: Path, base: Path) -> Recording:
        source = _level(path, base, self.source)
        return Recording(
            f"{self.name}/{path.relative_to(base).as_posix()}",
            str(path),
            f"{self.name}/{source}" if source else self.name,
            kind=_level(path, base, self.kind) if self.kind else "",
            sex=self._sex_of(path, base) if self.sex else "",
            text=beside(path),
        )

    def _sex_of(self, path: Path, base: Path) -> str:
        sex = _level(path, base, self.sex)
        if sex not in ("F", "M"):
            raise ValueError(
                f"{path}: lies under {sex!r}, which is neither F nor M; add {self.option}.sex=top "
                f"(or folder, or file) where that tells it, or {self.option}.sex=''"
            )
        return sex


def _level(path: Path, base: Path, level: str) -> str:
    """The name that is a file's source; "" if a folder gives the name and the file is in none."""
    inside = path.relative_to(base)
    if level == "file":
        return inside.with_suffix("").as_posix()
    folders = inside.parts[:-1]
    return "/".join(folders[:1] if level == "top" else folders)
