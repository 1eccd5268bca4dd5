"""Containers without chunks: a header, and samples to the end of the file."""

from typing import BinaryIO

from audio.containers.promise import Promise, is_unknown, number, unwrapped

LONGEST_HEADER = 2**16  # bytes; no more of a text header is read


def au(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a file in AU (Sun, NeXT), of either byte order."""
    file.seek(0)
    form = ">I" if file.read(4) == b".snd" else "<I"
    begin = number(file, 4, form)
    count = number(file, 8, form)
    there = size - begin
    patches = ((8, b"\xff" * 4),)  # make libsndfile read to the end
    if is_unknown(count, there) or (count == 0 and there > 0):
        return Promise(begin, None, patches)
    whole = unwrapped(count, there)
    if whole != count:
        return Promise(begin, None, patches, begin + whole)
    return Promise(begin, count)


def sphere(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a file in NIST's SPHERE; its header has text lines of name, type and value."""
    file.seek(8)
    digits = file.read(8).strip()
    begin = int(digits or 0)
    file.seek(0)
    text = file.read(min(begin, LONGEST_HEADER)).decode("ascii", "replace")
    fields = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3:
            name, _, value = words
            fields[name] = value
    try:
        count = int(fields["sample_count"])
        width = int(fields["sample_n_bytes"])
        channels = int(fields.get("channel_count", 1))
    except (KeyError, ValueError):
        return Promise(begin, None)
    if count <= 0 and size > begin:
        return Promise(begin, None)
    return Promise(begin, count * width * channels)


def avr(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a file in AVR (Audio Visual Research, Atari)."""
    is_stereo = number(file, 12, ">H") != 0
    bits = number(file, 14, ">H")
    count = number(file, 26, ">I")
    channels = 2 if is_stereo else 1
    return Promise(128, count * channels * bits // 8)


def wve(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a file in WVE (Psion, A-law)."""
    count = number(file, 18, ">I")
    return Promise(32, count)
