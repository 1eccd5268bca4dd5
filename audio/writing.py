"""Writes audio of any format and subtype block by block; a file appears whole or not at all."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from audio.header import Header
from audio.metadata import Tags, put_tags
from audio.opening import reason
from audio.pcm import rounded
from files.atomic import appearing

WRITTEN = 2**16  # samples per channel at once: libsndfile crashes on long blocks of Vorbis
FLOATS = ("FLOAT", "DOUBLE")  # subtypes that hold samples above full scale
BITS = {"PCM_S8": 8, "PCM_U8": 8, "DPCM_8": 8}  # of integer subtypes; other names end in their bits
SYSTEM = 2  # libsndfile's code for an error of the system
INTEGERS = ("PCM_", "ALAC_", "DWVW_", "DPCM_")
NO_TAGS: Tags = {}


class Form(NamedTuple):
    """The format of a file to be written.

    kind, subtype: libsndfile's names of the format and the coding.
    """

    kind: str
    subtype: str
    sample_rate: int
    channels: int

    @classmethod
    def of(cls, head: Header) -> "Form":
        """The format of an existing file; raises ValueError where libsndfile cannot write it."""
        form = cls(*head.coding.split(), head.sample_rate, head.channels)
        if not soundfile.check_format(form.kind, form.subtype):
            raise ValueError(
                f"{form.kind} {form.subtype} can be read, but not written; convert it to FLAC or "
                "WAV before"
            )
        return form

    @property
    def bits(self) -> int | None:
        """The bits of an integer sample; None where samples are not integers."""
        if self.subtype in BITS:
            return BITS[self.subtype]
        if self.subtype.startswith(INTEGERS):
            return int(self.subtype.rpartition("_")[2])
        return None

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest sample, full scale 1; infinite for floats."""
        if self.subtype in FLOATS:
            return -np.inf, np.inf
        step = 2.0 ** (1 - (self.bits or 16))
        return -1.0, 1.0 - step

    def gain(self, low: float, high: float) -> float:
        """The gain that brings samples between `low` and `high` within the limits, at most 1."""
        lowest, highest = self.limits
        half = 0.5 * (1 - highest) if np.isfinite(highest) else 0.0  # rounding may add half a step
        factors = [1.0]
        if low < lowest - half:
            factors.append(lowest / low)
        if high > highest + half:
            factors.append(highest / high)
        return min(factors)


def write_blocks(path: Path, form: Form, blocks: Iterable[np.ndarray], tags: Tags = NO_TAGS) -> int:
    """Write `blocks`, full scale 1, [time, channel] each, to `path`; returns samples per channel.

    Samples are rounded to the nearest integer. Tags that the format does not hold are left out.
    Raises OSError with `path` where the disk refuses the samples, ValueError where the format does.
    """
    written = 0
    with appearing(path) as unfinished:
        try:
            with _to_fill(unfinished, form) as file:
                put_tags(file, tags)
                for block in blocks:
                    for begin in range(0, len(block), WRITTEN):
                        _write(file, form, block[begin : begin + WRITTEN])
                    written += len(block)
        except soundfile.LibsndfileError as error:
            if error.code == SYSTEM:
                raise _full() from error
            raise ValueError(
                f"{form.kind} {form.subtype} does not take {form.channels} channels at "
                f"{form.sample_rate} Hz ({reason(error)}); convert the file to FLAC or WAV before"
            ) from error
        _require_whole(unfinished, form, written)
    return written


def _to_fill(path: Path, form: Form) -> soundfile.SoundFile:
    return soundfile.SoundFile(
        os.fsencode(path), "w", form.sample_rate, form.channels, form.subtype, format=form.kind
    )


def _write(file: soundfile.SoundFile, form: Form, block: np.ndarray) -> None:
    bits = form.bits
    if bits is not None:
        # libsndfile would truncate a float instead of rounding it.
        block = (rounded(block, bits) << (32 - bits)).astype(np.int32)
    try:
        file.write(np.ascontiguousarray(block))
    except AssertionError as error:  # soundfile's, where fewer samples were written
        raise _full() from error


def _require_whole(path: Path, form: Form, samples: int) -> None:
    """Raise OSError unless the file holds all `samples`: libsndfile hides an error at the end."""
    if samples == 0:
        return
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file:
            whole = file.frames >= samples and file.channels == form.channels
    except soundfile.LibsndfileError:
        whole = False
    if not whole:
        raise _full()


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
