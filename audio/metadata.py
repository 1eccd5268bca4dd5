"""The metadata of a file: title, artist, date and the like."""

import contextlib
from collections.abc import Mapping

import soundfile

from audio.header import Header
from audio.opening import opened

Tags = Mapping[str, str]  # values by the attribute names of soundfile

# The longest tag in bytes. libsndfile loses longer tags in WAV, and cannot read back its own AIFF
# and Opus files with much longer tags. In FLAC it takes tags of any length.
LONGEST = 2000
ANY_LENGTH = "FLAC"
LATIN = "MP3"  # libsndfile writes its tags byte by byte, and reads them as Latin-1


def read_tags(head: Header) -> Tags:
    """The tags of a file that libsndfile reads, without pictures and chapters.

    Of concatenated files they are the tags of the first.
    """
    with opened(head, 0, soundfile.SoundFile) as file:
        return file.copy_metadata()


def put_tags(file: soundfile.SoundFile, tags: Tags) -> None:
    """Write `tags`, as far as its format holds them, to `file` before its first sample."""
    for name, value in tags.items():
        if file.format == LATIN:
            value = _Latin(value)
        # UnicodeEncodeError: the format lacks a letter. LibsndfileError: the format lacks the tag.
        with contextlib.suppress(UnicodeEncodeError, soundfile.LibsndfileError):
            if file.format == ANY_LENGTH or len(value.encode()) <= LONGEST:
                setattr(file, name, value)


class _Latin(str):
    """Text whose bytes are Latin-1; soundfile asks for them by `encode`."""

    def encode(self) -> bytes:
        """The bytes in Latin-1. Raises UnicodeEncodeError for letters that Latin-1 lacks."""
        return super().encode("latin-1")
