"""NOISEX-92 (Varga and Steeneken, 1993): one file per noise, with its name."""

from collections.abc import Sequence

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import audio_files, known
from datagen.recordings import Recording


class NOISEX92(CorpusOnDisk):
    """The noises called `names` (None: all); kind is the name."""

    name = "noisex92"
    title = "NOISEX-92"
    licence = "for research only"
    layout = "babble.wav, white.wav, ... (one file per noise, named after it)"
    remedy = "'python download.py corpus=noisex92' says where to ask"

    def __init__(self, root: str, names: Sequence[str] | None = None):
        super().__init__(root)
        self.names = names

    def recordings(self) -> list[Recording]:
        """The recordings, in the order of `names`.
        Raises FileNotFoundError for an empty folder, ValueError for an unknown name.
        """
        folder = self.folder()
        files = {path.stem: path for path in self.nonempty(audio_files(folder), folder)}
        names = sorted(files)
        if self.names is not None:
            names = known(self.names, files, f"names of {self.root}")
        recordings = []
        for name in names:
            unique = f"{self.name}/{name}"
            recordings.append(Recording(unique, str(files[name]), unique, kind=name))
        return recordings
