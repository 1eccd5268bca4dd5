"""ESC-50 (Piczak, 2015) from the repository's zip archive."""

from pathlib import Path

from audio import reading
from datagen.corpora.esc50 import ESC50
from datagen.sources.archives import unpack_zip
from datagen.sources.downloaded import Downloaded

CLIP_S = 5  # the duration of every clip
KEPT = ("audio", "meta", "LICENSE", "README.md")  # parts of the repository that are kept


class ESC50Repository(Downloaded):
    """All clips.

    Complete means: the CRC of every member is right, and each clip of the table is a WAV of 5 s.
    """

    archive = "esc50.zip"

    def unpack(self, archive: Path, stage: Path) -> Path:
        """Raises like `unpack_zip`."""
        return unpack_zip(archive, stage, KEPT)

    def count(self, root: Path) -> int:
        """The number of clips of the table that exist and are complete."""
        try:
            clips = ESC50(str(root)).recordings()
        except (ValueError, FileNotFoundError):
            return 0
        return sum(_is_whole(clip.path) for clip in clips)


def _is_whole(path: str) -> bool:
    try:
        # The samples in the file, not the number in its header.
        sample_rate, samples, _ = reading.header(path)
    except ValueError:
        return False
    return samples == CLIP_S * sample_rate
