"""The facts about an audio file that are known before it is decoded."""

from dataclasses import dataclass

Stretch = tuple[int, int]  # its first byte, and the byte after its last
Patch = tuple[int, bytes]  # a position, and the bytes that are read there


@dataclass(frozen=True)
class Header:
    """The facts about a file that are known before it is decoded.

    samples: per channel, None where only decoding tells their number. exact: a cut can be decoded
    without the samples before it. counted: the writer did not know the length, so the samples in
    the file are counted. links: stretches of bytes that are decoded one after the other. patches:
    bytes that replace bytes of the file. piped: libsndfile decodes the file from a pipe to its end.
    """

    path: str
    sample_rate: int
    samples: int | None
    channels: int
    coding: str
    exact: bool = True
    counted: bool = False
    links: tuple[Stretch, ...] = ()
    patches: tuple[Patch, ...] = ()
    piped: bool = False
