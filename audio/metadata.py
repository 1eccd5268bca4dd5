"""What a file tells of itself: title, artist, date and the like."""

import contextlib
from collections.abc import Mapping

import soundfile

from audio.header import Header
from audio.opening import opened

Tags = Mapping[str, str]  # by the names that soundfile gives them

# Bytes of a tag. libsndfile loses longer ones in WAV, and cannot read the AIFF and Opus files that
# it makes of much longer ones; of FLAC it takes any.
LONGEST = 2000
ANY_LENGTH = "FLAC"
LATIN = "MP3"  # whose tags libsndfile writes byte by byte and reads as Latin-1


def read_tags(head: Header) -> Tags:
    """The tags of a file that libsndfile reads; of one that was joined of several, the first's.

    Pictures and chapters are none.
    """
    with opened(head, 0, soundfile.SoundFile) as file:
        return file.copy_metadata()


def put_tags(file: soundfile.SoundFile, tags: Tags) -> None:
    """Give `file` those of `tags` that its format holds, before its first sample is written."""
    for name, value in tags.items():
        if file.format == LATIN:
            value = _Latin(value)
        # UnicodeEncodeError: it cannot be spelled there. LibsndfileError: no such tags in there.
        with contextlib.suppress(UnicodeEncodeError, soundfile.LibsndfileError):
            if file.format == ANY_LENGTH or len(value.encode()) <= LONGEST:
                setattr(file, name, value)


class _Latin(str):
    """Text that soundfile, which asks for its bytes, gets as Latin-1."""

    def encode(self) -> bytes:
        """Raises UnicodeEncodeError for letters that Latin-1 lacks."""
        return super().encode("latin-1")
