"""Opens audio files for libsndfile: a whole file, a window of its bytes, or a pipe."""

import contextlib
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import soundfile

from audio.header import Header, Patch
from text.line import in_one_line

PIPED = 65536  # bytes that are written to a pipe at once
MESSAGES = {  # clearer words for messages of libsndfile
    "System error.": "is no audio that libsndfile reads",
    "Format not recognised.": "is no audio that libsndfile reads",
    "Error : unknown error in flac decoder.": (
        "its FLAC stream is damaged, or does not say how long it is"
    ),
}


class InOrder(soundfile.SoundFile):
    """A file that never seeks.

    soundfile otherwise seeks after every read, which changes the samples of some codecs.
    """

    def seekable(self) -> bool:
        """False."""
        return False


@contextlib.contextmanager
def opened(
    head: Header, number: int, kind: type[soundfile.SoundFile] = InOrder
) -> Iterator[soundfile.SoundFile]:
    """Link `number` of a file, or a whole file without links, opened as an object of `kind`."""
    if not head.links:
        with kind(os.fsencode(head.path)) as file:
            yield file
        return
    begin, stop = head.links[number]
    window = _Window(head.path, begin, stop, head.patches)
    with contextlib.closing(window), kind(window) as file:
        yield file


@contextlib.contextmanager
def piped(head: Header, number: int) -> Iterator[soundfile.SoundFile]:
    """A link, opened through a pipe: libsndfile then decodes MPEG to its end.

    From a file it would stop at the length that it estimates.
    """
    if head.links:
        begin, stop = head.links[number]
    else:
        begin, stop = 0, Path(head.path).stat().st_size
    source, sink = os.pipe()
    window = _Window(head.path, begin, stop)
    feeder = threading.Thread(target=_feed, args=(window, sink), daemon=True)
    feeder.start()
    try:
        with InOrder(source, closefd=False) as file:
            yield file
    finally:
        os.close(source)  # the feeder stops once the pipe has no reader
        feeder.join()


def reason(error: Exception) -> str:
    """The reason of an error of libsndfile or the system, in one line."""
    text = getattr(error, "error_string", None)
    if not text:
        text = in_one_line(error)
    return MESSAGES.get(text, text)


def _feed(window: "_Window", sink: int) -> None:
    with (
        contextlib.closing(window),
        os.fdopen(sink, "wb", buffering=0) as pipe,
        contextlib.suppress(BrokenPipeError),
    ):
        while content := window.read(PIPED):
            while content:  # a pipe may take a part only
                written = pipe.write(content)
                content = content[written:]


class _Window(io.RawIOBase):
    """The bytes `begin` to `stop` of a file, as a file; `patches` replace some of them."""

    def __init__(self, path: str, begin: int, stop: int, patches: tuple[Patch, ...] = ()):
        self._begin = begin
        self._stop = stop
        self._patches = patches
        self._file = open(path, "rb")  # noqa: PTH123, SIM115 - closed by close; a Path costs more
        self._file.seek(begin)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origins = {
            os.SEEK_SET: self._begin,
            os.SEEK_CUR: self._file.tell(),
            os.SEEK_END: self._stop,
        }
        position = self._file.seek(origins[whence] + offset)
        return position - self._begin

    def tell(self) -> int:
        return self._file.tell() - self._begin

    def read(self, count: int = -1) -> bytes:
        position = self._file.tell()
        left = max(0, self._stop - position)
        if count < 0 or count > left:
            count = left
        content = self._file.read(count)
        for place, patch in self._patches:
            content = _patched(content, place - position, patch)
        return content

    def readinto(self, buffer: memoryview) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


def _patched(content: bytes, place: int, patch: bytes) -> bytes:
    """`content` with `patch` at `place`; parts of the patch outside of `content` are left out."""
    if not -len(patch) < place < len(content):
        return content
    changed = bytearray(content)
    for number, byte in enumerate(patch, start=place):
        if 0 <= number < len(content):
            changed[number] = byte
    return bytes(changed)
