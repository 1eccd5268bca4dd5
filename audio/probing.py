"""Reads an audio file's header: first by its container, then by libsndfile."""

import os
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR
from typing import BinaryIO

import soundfile

from audio import ffmpeg
from audio.containers import mpeg, ogg
from audio.containers.content import READABLE, recognise
from audio.containers.iff import aiff, caf
from audio.containers.plain import au, avr, sphere, wve
from audio.containers.promise import Promise
from audio.containers.riff import rf64, riff, wave64
from audio.header import Header
from audio.opening import opened, reason

INEXACT = {  # codings in which a cut cannot be decoded without the samples before it
    "MPEG",
    "VORBIS",
    "OPUS",
    "GSM610",
    "G721",
    "G723",
    "NMS",
    "IMA",
    "MS",
    "DPCM",
    "DWVW",
    "VOX",
    "ALAC",
}
UNKNOWN = 2**60  # frames; libsndfile reports more than this for an unknown length


PARSERS: dict[bytes, Callable[[BinaryIO, int], Promise | None]] = {  # by the first bytes of a file
    b"RIFF": riff,
    b"RIFX": riff,
    b"RF64": rf64,
    b"riff": wave64,
    b"FORM": aiff,
    b".snd": au,
    b"dns.": au,
    b"caff": caf,
    b"NIST_1A": sphere,
    b"2BIT": avr,
    b"ALawSoundFile": wve,
}


def header(path: str | Path) -> Header:
    """The header of the file at `path`.

    Raises ValueError with the reason where it has none, or where it promises more than the file
    holds.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path costs more than the rest of a look-up
    except FileNotFoundError as error:
        raise ValueError("no such file") from error
    except OSError as error:
        raise ValueError(f"{error.strerror}") from error
    if S_ISDIR(status.st_mode):
        raise ValueError("is a folder, and a file is expected")
    return _header(str(path), status.st_size, status.st_mtime_ns)


@lru_cache(2**15)
def _header(path: str, size: int, _: int) -> Header:
    """See `header`; the result is cached until the file's size or modification time changes."""
    if size == 0:
        raise ValueError("is empty (0 bytes)")
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a Path costs more
            head = _of_streams(path, file, size) or _of_chunks(path, file, size)
    except soundfile.LibsndfileError as error:
        head = _of_ffmpeg(path, error)
    except OSError as error:
        raise ValueError(reason(error)) from error
    if head.sample_rate <= 0 or head.channels <= 0:
        raise ValueError(f"its header says {head.sample_rate} Hz and {head.channels} channels")
    return head


def _of_ffmpeg(path: str, error: soundfile.LibsndfileError) -> Header:
    """The header by FFmpeg of a file that libsndfile refused with `error`; else raises that."""
    kind = recognise(Path(path))
    if kind in (READABLE, "") or not ffmpeg.reads(kind):
        raise ValueError(reason(error)) from error
    return ffmpeg.header(path)


def _of_streams(path: str, file: BinaryIO, size: int) -> Header | None:
    """The header of an Ogg or MPEG file; None for any other."""
    start = file.read(4)
    if start == b"OggS":
        return _of_ogg(path, file, size)
    if start[:3] == b"ID3" or (start[:1] == b"\xff" and len(start) == 4):
        return _of_mpeg(path, file, size)
    return None


def _of_ogg(path: str, file: BinaryIO, size: int) -> Header | None:
    """The header of an Ogg file; its pages tell the end of each stream."""
    links = ogg.links(file, size)
    if not all(link.ended for link in links):
        raise ValueError("cut short: its stream has no end")
    return _of_links(path, links, counted=False, piped=False)


def _of_mpeg(path: str, file: BinaryIO, size: int) -> Header | None:
    """The header of an MPEG file; its Info frames, if any, give its length."""
    links = mpeg.links(file, size)
    lacking = links[-1].lacking if links else 0
    if lacking > mpeg.LONGEST_FRAME:
        raise ValueError(f"cut short: its Info frame promises {lacking} bytes more")
    has_lengths = all(link.counted for link in links)
    return _of_links(path, links, counted=not has_lengths, piped=True)


def _of_links(
    path: str, links: list[ogg.Link] | list[mpeg.Link], counted: bool, piped: bool
) -> Header | None:
    """The header of a file of `links`; None without links, or where they hold no stream."""
    if not links:
        return None
    bounds = ()
    if len(links) > 1:
        bounds = tuple((link.begin, link.stop) for link in links)
        counted = True
    head = Header(path, 0, None, 0, "", False, counted, bounds, piped=piped)
    with opened(head, 0) as info:
        if info.format not in ("MP3", "OGG") or (piped and info.format != "MP3"):
            return None  # FLAC behind an ID3 tag
        return replace(
            head,
            sample_rate=info.samplerate,
            samples=None if counted else info.frames,
            channels=info.channels,
            coding=_coding(info),
        )


def _of_chunks(path: str, file: BinaryIO, size: int) -> Header:
    """The header of a file in chunks, or of a kind that only libsndfile reads."""
    head = Header(path, 0, None, 0, "")
    promise = _promise(file, size)
    if promise is None:
        return _as_opened(head)
    if promise.promised is None:
        head = replace(head, counted=True)
    else:
        _require_whole(promise.begin, promise.promised, size)
    if promise.patches:
        everything = (0, promise.stop or size)
        head = replace(head, links=(everything,), patches=promise.patches)
    return _as_opened(head)


def _promise(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a container's header; None for another kind, or without a size."""
    file.seek(0)
    start = file.read(16)
    for magic, parser in PARSERS.items():
        if start.startswith(magic):
            try:
                return parser(file, size)
            except struct.error:  # the header is cut short: libsndfile names the fault
                return None
    return None


def _require_whole(begin: int, promised: int, size: int) -> None:
    there = size - begin
    if promised > there:
        raise ValueError(f"cut short: {max(0, there)} of {promised} bytes of samples")


def _as_opened(head: Header) -> Header:
    """`head`, completed by the facts that libsndfile reports of the opened file."""
    with opened(head, 0, soundfile.SoundFile) as info:
        is_known = info.frames < UNKNOWN
        is_mpeg = info.subtype.startswith("MPEG")
        is_inexact = not INEXACT.isdisjoint(info.subtype.split("_"))
        return replace(
            head,
            sample_rate=info.samplerate,
            samples=info.frames if is_known and not is_mpeg else None,
            channels=info.channels,
            coding=_coding(info),
            exact=is_known and info.seekable() and not is_inexact,
            counted=head.counted or is_mpeg or not is_known,
            piped=is_mpeg,
        )


def _coding(info: soundfile.SoundFile) -> str:
    return f"{info.format} {info.subtype}"
