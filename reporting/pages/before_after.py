"""The page of recordings before and after enhancement: sound, spectrograms, levels."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from audio import probing
from audio.header import Header
from audio.levels import Levels, excerpt, levels
from dsp.stft import STFT
from files.atomic import write_atomic
from reporting.pages.media import (
    PEAK,
    RANGE_DB,
    Example,
    Panel,
    picture,
    playable,
    sound,
    wave_share,
)
from reporting.pages.page import rendered

MOST = 24  # largest number of played recordings
TOTAL_S, LONGEST_S, SHORTEST_S = 180, 60, 8  # played seconds: in all; most and least of a recording
LARGEST = 13_000_000  # bytes of all players; a page of 15 MB can still be sent by mail
ROWS = 1000  # largest number of rows of the table, and of names of left-out recordings
NUMBERS = (  # columns of a recording in the table
    "length in s",
    "rate in Hz",
    "channels",
    "peak before",
    "peak after",
    "level before",
    "level after",
    "change",
)
NAMES = ("before", "after")


class Pair(NamedTuple):
    """A recording and its enhanced version.

    remark: a sentence about it. comparable: whether the two can be compared.
    """

    name: str
    before: Path
    after: Path
    remark: str
    comparable: bool


class _Known(NamedTuple):
    """A pair whose files can be read, and its measures."""

    pair: Pair
    heads: tuple[Header, Header]
    levels: tuple[Levels, Levels]


def write_before_after(pairs: Iterable[Pair], about: Mapping[str, str], path: Path) -> None:
    """Write the page of `pairs` to `path`: one file under 15 MB that needs no other file.

    It plays the first MOST recordings that fit, and of each the loudest stretch of at most
    LONGEST_S. about: facts about the run, by name. All text from outside is escaped. Raises OSError
    if `path` cannot be written.
    """
    rows, known = [], []
    for pair in pairs:
        found = _known(pair)
        rows.append(_row(pair, found))
        if found and pair.comparable and found.levels[0].power > 0:
            known.append(found)
    examples, left_out = _examples(known)
    page = {
        "about": about,
        "examples": examples,
        "range_db": RANGE_DB,
        "left_out": left_out[:ROWS],
        "left_out_count": len(left_out),
        "levels": pd.DataFrame(rows[:ROWS], dtype=object),
        "count": len(rows),
    }
    write_atomic(path, rendered("before_after.html.j2", page))


def _known(pair: Pair) -> _Known | None:
    """A pair with its measures; None if one of its files cannot be read."""
    try:
        heads = probing.header(pair.before), probing.header(pair.after)
        return _Known(pair, heads, (levels(heads[0]), levels(heads[1])))
    except ValueError:
        return None


def _row(pair: Pair, known: _Known | None) -> dict[str, object]:
    """A row of the table of levels."""
    row: dict[str, object] = {"recording": pair.name, "became": pair.remark}
    if known is None:
        return row | dict.fromkeys(NUMBERS, math.nan)
    head, (before, after) = known.heads[0], known.levels
    numbers = [
        before.samples / head.sample_rate,
        head.sample_rate,
        head.channels,
        _db(before.peak**2),
        _db(after.peak**2),
        _db(before.power),
        _db(after.power),
        _db(after.power) - _db(before.power),
    ]
    return row | dict(zip(NUMBERS, numbers, strict=True))


def _db(power: float) -> float:
    """A power in dB; NaN for silence."""
    return 10 * math.log10(power) if power > 0 else math.nan


def _examples(known: Sequence[_Known]) -> tuple[list[Example], list[str]]:
    """The played examples, and the names of recordings without room."""
    shown: list[Example] = []
    left_out = []
    room = LARGEST
    seconds = _seconds(known)
    for number, one in enumerate(known):
        made = _example(one, seconds) if number < MOST and room > 0 else None
        if made is not None:
            room -= sum(len(panel.picture) + len(panel.sound) for panel in made.panels)
        if made is None or room < 0:
            left_out.append(one.pair.name)
        else:
            shown.append(made)
    return shown, left_out


def _seconds(known: Sequence[_Known]) -> int:
    """The played duration of each recording: longer if other recordings are short."""
    count = max(1, min(MOST, len(known)))
    lengths = sorted(len(one.levels[0].by_second) for one in known[:count])
    room = TOTAL_S
    for number, length in enumerate(lengths):
        share = room // (count - number)
        if length > share:
            return int(np.clip(share, SHORTEST_S, LONGEST_S))
        room -= length
    return LONGEST_S


def _example(known: _Known, seconds: int) -> Example:
    """The same stretch of both signals, with the same gain."""
    head, before = known.heads[0], known.levels[0]
    rate = playable(head.sample_rate)
    begin_s = before.loudest(seconds)
    signals = [torch.from_numpy(excerpt(one, begin_s, seconds, rate)) for one in known.heads]
    length = min(map(len, signals))  # equal, unless a file was changed meanwhile
    signals = [signal[:length].float() for signal in signals]
    gain = PEAK / max(1e-9, *(float(signal.abs().max()) for signal in signals))
    stft = STFT(rate)
    top = max(1e-9, float(stft(signals[0][None]).abs().max()))
    panels = [
        _panel(name, level, signal, gain, stft, top)
        for name, level, signal in zip(NAMES, known.levels, signals, strict=True)
    ]
    title = known.pair.name
    total_s = before.samples / head.sample_rate
    if total_s > seconds:
        title += f": {_clock(begin_s)} to {_clock(begin_s + length / rate)} of {_clock(total_s)}"
    return Example(title, panels, length / rate, rate / 2, wave_share(stft))


def _panel(name: str, level: Levels, signal: Tensor, gain: float, stft: STFT, top: float) -> Panel:
    told = f"peak {_told(level.peak**2)}, level {_told(level.power)}"
    return Panel(
        name, told, picture(signal, stft, top, PEAK / gain), sound(gain * signal, stft.sample_rate)
    )


def _told(power: float) -> str:
    """A level as text."""
    return f"{_db(power):.1f} dB" if power > 0 else "silent"


def _clock(seconds: float) -> str:
    """A time as 1:02:03, 2:03 or 0:03.4."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours}:{minutes:02}:{int(rest):02}"
    return f"{minutes}:{int(rest):02}"
