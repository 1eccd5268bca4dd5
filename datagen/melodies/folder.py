"""A folder of ABC and MIDI files of the user."""

import logging
from pathlib import Path

from datagen.melodies.abc import read_abc
from datagen.melodies.midi import REMEDY, NoMelodyError, read_midi
from datagen.melodies.tune import Tune
from datagen.melodies.tunes import Tunes

log = logging.getLogger(__name__)
SUFFIXES = (".abc", ".mid", ".midi")


class TuneFolder(Tunes):
    """All tunes in the ABC and MIDI files of `root` and its subfolders.

    name: the beginning of their ids. skip: leave out files that are broken or hold no melody, with
    a note; otherwise they raise an error.
    """

    def __init__(
        self, root: str, name: str, title: str = "", licence: str = "", skip: bool = False
    ):
        self.root, self.name, self.skip = Path(str(root)), name, skip
        self.title, self.licence = title or name, licence

    def tunes(self) -> list[Tune]:
        """See `Tunes.tunes`."""
        paths = sorted(path for path in self.root.rglob("*") if path.suffix.lower() in SUFFIXES)
        if not paths:
            raise FileNotFoundError(
                f"{self.root}: holds no ABC and no MIDI file; give a folder that does as "
                "task.tunes.root=DIR, or fetch a book by python download.py corpus=oneill "
                "data_root=DIR"
            )
        tunes, left_out = [], []
        for path in paths:
            try:
                tunes += self._of(path)
            except NoMelodyError as error:
                if not self.skip:
                    raise
                left_out.append(error)
        if left_out:
            log.warning("note: %d files left out, the first: %s", len(left_out), left_out[0])
        return tunes

    def _of(self, path: Path) -> list[Tune]:
        name = f"{self.name}/{path.relative_to(self.root).as_posix()}"
        if path.suffix.lower() != ".abc":
            return read_midi(path, name)
        tunes = read_abc(path.read_text(encoding="utf-8", errors="replace"), name)
        if not tunes:
            raise NoMelodyError(f"{path}: holds no tune in ABC notation; {REMEDY}")
        return tunes
