"""Audio files as mono samples in steps of 16 bit, a block at a time, however they were written and coded."""

import contextlib
import io
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from audio.containers import mpeg, ogg
from audio.containers.promise import promise_of
from audio.pcm import FULL_SCALE

BLOCK = 2**17  # samples of all channels that are decoded at once: a megabyte as floats
INEXACT = {"MPEG", "VORBIS", "OPUS", "GSM610", "G721", "G723", "NMS", "IMA", "MS", "DPCM", "DWVW", "VOX", "ALAC"}
UNKNOWN = 2**60  # frames; libsndfile says more where it does not know
PIPED = 65536  # bytes
MESSAGES = {  # where libsndfile's own words help nobody
    "System error.": "is no audio that libsndfile reads",
    "Format not recognised.": "is no audio that libsndfile reads",
    "Error : unknown error in flac decoder.": "its FLAC stream is damaged, or does not say how long it is",
}


@dataclass(frozen=True)
class Header:
    """What is known of a file before it is decoded.

    samples: per channel, None where only decoding tells. exact: a cut can be read without what lies before it.
    counted: the writer did not know the length, so what stands there counts. links: stretches of bytes (begin, stop)
    that are decoded one after the other. patches: bytes to be read instead of the file's. piped: decoded from a pipe,
    to its end.
    """

    path: str
    sample_rate: int
    samples: int | None
    channels: int
    coding: str
    exact: bool = True
    counted: bool = False
    links: tuple[tuple[int, int], ...] = ()
    patches: tuple[tuple[int, bytes], ...] = ()
    piped: bool = False


def header(path: str | Path) -> Header:
    """The header of `path`; ValueError with the reason where it has none or promises more than is there."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path costs more than the rest of a look-up
    except OSError as error:
        raise ValueError("no such file" if isinstance(error, FileNotFoundError) else f"{error.strerror}") from error
    return _header(str(path), status.st_size, status.st_mtime_ns)


@lru_cache(2**15)
def _header(path: str, size: int, _: int) -> Header:
    if size == 0:
        raise ValueError("is empty (0 bytes)")
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            found = _streams(path, file, size) or _chunked(path, file, size)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error
    if not found.sample_rate > 0 < found.channels:
        raise ValueError(f"its header says {found.sample_rate} Hz and {found.channels} channels")
    return found


def _chunked(path: str, file: io.BufferedReader, size: int) -> Header:
    """The header of a file of chunks, or of a kind that only libsndfile knows."""
    promise = promise_of(file, size)
    if promise and promise.promised is not None and promise.promised > size - promise.begin:
        raise ValueError(f"cut short: {max(0, size - promise.begin)} of {promise.promised} bytes of samples")
    counted, patches = promise is not None and promise.promised is None, promise.patches if promise else ()
    links = ((0, promise.stop or size),) if patches else ()
    with _opened(Header(path, 0, 0, 0, "", links=links, patches=patches), 0, soundfile.SoundFile) as info:
        known = info.frames < UNKNOWN
        coding, frames = f"{info.format} {info.subtype}", info.frames if known else None
        exact = known and info.seekable() and not INEXACT & set(info.subtype.split("_"))
        piped = info.subtype.startswith("MPEG")
        counted = counted or not known or piped
        samples = None if piped else frames
        return Header(path, info.samplerate, samples, info.channels, coding, exact, counted, links, patches, piped)


def _streams(path: str, file: io.BufferedReader, size: int) -> Header | None:
    """The header of an Ogg or MPEG file; None for any other."""
    start = file.read(4)
    if start == b"OggS":
        links, piped = ogg.links(file, size), False
        if not all(link.ended for link in links):
            raise ValueError("cut short: its stream has no end")
        counted = len(links) > 1
    elif start[:3] == b"ID3" or (start[:1] == b"\xff" and len(start) == 4):
        links, piped = mpeg.links(file, size), True
        if any(link.lacking > mpeg.LONGEST_FRAME for link in links):
            raise ValueError(f"cut short: its Info frame promises {links[-1].lacking} bytes more")
        counted = len(links) > 1 or not all(link.counted for link in links)
    else:
        return None
    if not links:
        return None
    bounds = tuple((link.begin, link.stop) for link in links) if len(links) > 1 else ()
    with _opened(Header(path, 0, 0, 0, "", links=bounds), 0) as info:
        if info.format not in ("MP3", "OGG") or (piped and info.format != "MP3"):
            return None  # FLAC behind an ID3 tag
        coding, samples = f"{info.format} {info.subtype}", None if counted else info.frames
        return Header(path, info.samplerate, samples, info.channels, coding, False, counted, bounds, (), piped)


def blocks(head: Header) -> Iterator[np.ndarray]:
    """The whole file [time] or [time, channel], block by block, as int16 or as float64 in steps of 16 bit.

    Raises ValueError with the reason where it cannot be decoded, holds NaN, or its links differ in rate or channels.
    """
    size = max(1, BLOCK // head.channels)
    try:
        for number in range(max(1, len(head.links))):
            with _piped(head, number) if head.piped else _opened(head, number) as file:
                if (file.samplerate, file.channels) != (head.sample_rate, head.channels):
                    raise ValueError("was joined of files of different rates or channels; split it")
                while len(block := _decoded(file, size)):
                    yield block
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error


def length(head: Header) -> int:
    """Samples of a file: as its header says, or, where that does not, as many as decode."""
    return sum(map(len, blocks(head))) if head.samples is None else head.samples


def stretch(head: Header, begin: int, stop: int) -> np.ndarray:
    """Samples `begin` to `stop` of an exact file, at its own rate, as mono steps (see `blocks`)."""
    try:
        with _opened(head, 0, soundfile.SoundFile) as file:
            file.seek(min(begin, file.frames))
            return mono(_decoded(file, stop - begin))
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error


def mono(block: np.ndarray) -> np.ndarray:
    """The mean of all channels: [time] or [time, channel] -> [time]."""
    return block if block.ndim == 1 else block.mean(axis=1)


def reason(error: Exception) -> str:
    """Why libsndfile or the system refused, in one line."""
    text = getattr(error, "error_string", None) or " ".join(str(error).split())
    return MESSAGES.get(text, text)


def _decoded(file: soundfile.SoundFile, frames: int) -> np.ndarray:
    if file.subtype == "PCM_16" and file.channels == 1:
        return file.read(frames, dtype="int16")
    block = file.read(frames, dtype="float64", always_2d=file.channels > 1)
    if not np.isfinite(block).all():
        raise ValueError("holds NaN or infinite samples")
    block *= FULL_SCALE
    return block


class _InOrder(soundfile.SoundFile):
    """Never seeks: soundfile otherwise does after every read, which changes the samples of some codecs."""

    def seekable(self) -> bool:
        return False


class _Window(io.RawIOBase):
    """Bytes `begin` to `stop` of a file, some of them replaced."""

    def __init__(self, path: str, begin: int, stop: int, patches: tuple[tuple[int, bytes], ...]):
        self._file, self._begin, self._stop, self._patches = open(path, "rb"), begin, stop, patches  # noqa: PTH123, SIM115
        self._file.seek(begin)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: self._begin, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self._stop}[whence]
        return self._file.seek(base + offset) - self._begin

    def tell(self) -> int:
        return self._file.tell() - self._begin

    def read(self, count: int = -1) -> bytes:
        position = self._file.tell()
        left = max(0, self._stop - position)
        content = self._file.read(left if count < 0 else min(count, left))
        for place, patch in self._patches:
            if position - len(patch) < place < position + len(content):
                whole = bytearray(content)
                for number, byte in enumerate(patch):
                    if 0 <= place + number - position < len(whole):
                        whole[place + number - position] = byte
                content = bytes(whole)
        return content

    def readinto(self, buffer: memoryview) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


@contextlib.contextmanager
def _opened(head: Header, number: int, how: type = _InOrder) -> Iterator[soundfile.SoundFile]:
    if not head.links:
        with how(os.fsencode(head.path)) as file:
            yield file
        return
    with contextlib.closing(_Window(head.path, *head.links[number], head.patches)) as window, how(window) as file:
        yield file


@contextlib.contextmanager
def _piped(head: Header, number: int) -> Iterator[soundfile.SoundFile]:
    """A link from a pipe: libsndfile then decodes MPEG to its end, and not as long as it guesses that it is."""
    begin, stop = head.links[number] if head.links else (0, Path(head.path).stat().st_size)
    source, sink = os.pipe()
    feeder = threading.Thread(target=_feed, args=(_Window(head.path, begin, stop, ()), sink), daemon=True)
    feeder.start()
    try:
        with _InOrder(source, closefd=False) as file:
            yield file
    finally:
        os.close(source)  # the feeder stops where nobody reads
        feeder.join()


def _feed(window: _Window, sink: int) -> None:
    with contextlib.closing(window), os.fdopen(sink, "wb", buffering=0) as pipe, contextlib.suppress(BrokenPipeError):
        while content := window.read(PIPED):
            while content:  # a pipe takes as much as it has room for
                content = content[pipe.write(content) :]
