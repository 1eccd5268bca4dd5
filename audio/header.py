"""What is known of an audio file before it is decoded."""

from dataclasses import dataclass

Stretch = tuple[int, int]  # its first byte and the one after its last
Patch = tuple[int, bytes]  # where, and what is read there


@dataclass(frozen=True)
class Header:
    """What is known of a file before it is decoded.

    samples: per channel, None where only decoding tells. exact: a cut can be read without what lies
    before it. counted: the writer did not know the length, so what stands there counts. links:
    stretches of bytes that are decoded one after the other. patches: bytes to be read instead of
    the file's. piped: decoded from a pipe, to its end.
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
