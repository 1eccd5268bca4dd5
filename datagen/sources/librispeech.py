"""A subset of LibriSpeech (Panayotov et al., 2015) from openslr.org."""

from pathlib import Path

from datagen.corpora.librispeech import LibriSpeech
from datagen.sources.archives import require_torchaudio, unpack_librispeech
from datagen.sources.downloaded import Downloaded


class LibriSpeechSubset(Downloaded):
    """The `subset`, and the texts of all subsets (SPEAKERS.TXT, ...) beside it."""

    def __init__(self, corpus: str, subset: str, url: str, sha256: str | None, recordings: int):
        super().__init__(corpus, url, sha256, recordings)
        self.subset = subset

    @property
    def archive(self) -> str:
        """The archive's file name, one for each subset."""
        return f"librispeech-{self.subset}.tar.gz"

    def folder(self, root: Path) -> Path:
        """The folder of the subset."""
        return root / self.subset

    def require_tools(self) -> None:
        """torchaudio unpacks it."""
        require_torchaudio()

    def unpack(self, archive: Path, stage: Path) -> Path:
        """Raises like `unpack_librispeech`."""
        return unpack_librispeech(archive, stage, self.subset)

    def count(self, root: Path) -> int:
        """Utterances of the subset."""
        try:
            return len(LibriSpeech(str(root), [self.subset]).recordings())
        except (ValueError, FileNotFoundError):
            return 0

    def publish(self, unpacked: Path, root: Path) -> None:
        """The texts first, then the subset."""
        root.mkdir(exist_ok=True)
        for text in unpacked.glob("*.TXT"):
            if not (root / text.name).exists():  # of another subset, or the user's file
                text.replace(root / text.name)
        (unpacked / self.subset).replace(root / self.subset)
