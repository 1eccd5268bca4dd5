"""Which recordings serve where: speakers over the splits, noises over seen and unseen, stretch by stretch."""

import os
import zlib
from typing import Any

import numpy as np
import pandas as pd

from audio.resampling import resampled_length
from datagen.protocol import Protocol
from datagen.recordings import COLUMNS, Stretch
from files.schema import types_of

SPLITS = ("train", "validation", "test")


def split_speech(
    pool: pd.DataFrame, test: pd.DataFrame | None, protocol: Protocol, seed: int
) -> pd.DataFrame:
    """Speech table with a `split` column; no source (speaker) stands in two splits.

    `pool` feeds training and validation, and test too where there is no `test` table of its own. The protocol says what
    part of its speakers go to "validation" and "test", at least one each, chosen by `seed`.
    Raises ValueError for too few speakers, or for speakers of `test` that are in `pool`, named.
    """
    parts = {"validation": protocol.validation_speakers, "test": protocol.test_speakers}
    needed = ["validation"] if test is not None else ["validation", "test"]
    speakers = sorted(pool.source.unique())
    if len(speakers) <= len(needed):
        raise ValueError(
            f"too few speakers: {len(speakers)} ({', '.join(speakers)}) for the splits train, {', '.join(needed)}, "
            "which share none; add speakers"
            + ("" if test is not None else " or give test speech of its own")
        )
    order = np.random.default_rng(seed).permutation(speakers)
    role, taken = dict.fromkeys(speakers, "train"), 0
    for name in needed:
        room = len(speakers) - taken - (len(needed) - needed.index(name))
        count = min(max(1, round(parts[name] * len(speakers))), room)
        role.update(dict.fromkeys(order[taken : taken + count], name))
        taken += count
    table = pool.assign(split=pool.source.map(role))
    if test is not None:
        _refuse_shared(pool, test, "training speech", "test speech")
        table = pd.concat([table, test.assign(split="test")])
    return table[(table.only == "") | (table.only == table.split)].reset_index(drop=True)


def limit_utterances(speech: pd.DataFrame, protocol: Protocol, seed: int) -> pd.DataFrame:
    """As many utterances per split as the protocol says, chosen by `seed`; ValueError where there are fewer."""
    kept = []
    for split in SPLITS:
        rows, limit = speech[speech.split == split], protocol.utterances[split]
        if limit is not None and limit > len(rows):
            raise ValueError(
                f"plan.utterances.{split}={limit}: there are only {len(rows)}; ask for fewer, or null for all"
            )
        chosen = np.random.default_rng(seed).permutation(len(rows))[:limit]
        kept.append(rows.iloc[np.sort(chosen)])
    return pd.concat(kept, ignore_index=True)


def noise_stretches(
    seen: pd.DataFrame, unseen: pd.DataFrame, protocol: Protocol, sample_rate: int
) -> pd.DataFrame:
    """Noise table: a `Stretch` of a recording in each row, `start` to `stop` in samples at `sample_rate`.

    Stretches of one `vector` joined in table order make one long noise, cut at random and circular. Every seen
    recording is divided in time into stretches for training, validation and test, so that no noise sample serves two
    splits; which comes first changes from recording to recording, for many fade out. Where the protocol is overlapping
    (the paper's way) all cuts come from one vector. An unseen recording is a vector of its own, so that a test mixture
    has one kind of noise.
    Raises ValueError where seen and unseen share a source, or a recording is too short to divide.
    """
    _refuse_shared(seen, unseen, "seen noise", "unseen noise")
    rows = []
    for recording in seen.itertuples(index=False):
        rows += _seen_stretches(recording, _length(recording, sample_rate), protocol)
    order = ("", *SPLITS)
    rows.sort(key=lambda stretch: order.index(stretch.split))
    for recording in unseen.itertuples(index=False):
        length = _length(recording, sample_rate)
        rows.append(
            _stretch(recording, f"unseen-{recording.id}", (0, length), seen=False, split="test")
        )
    return pd.DataFrame(rows, columns=list(types_of(Stretch)))


def _seen_stretches(recording: tuple, length: int, protocol: Protocol) -> list[Stretch]:
    if recording.only and protocol.overlapping:
        raise ValueError(
            f"plan.noise_stretches=null: all splits are cut from one noise, but {recording.id} may serve in "
            f"{recording.only} alone; leave its corpus out"
        )
    if recording.only:
        return [
            _stretch(
                recording, f"seen-{recording.only}", (0, length), seen=True, split=recording.only
            )
        ]
    if protocol.overlapping:
        return [_stretch(recording, "seen", (0, length), seen=True, split="")]
    return [
        _stretch(
            recording, f"seen-{split}", ends, seen=True, split=split, id=f"{recording.id}#{split}"
        )
        for split, ends in _divided(recording, length, protocol)
    ]


def _divided(
    recording: tuple, length: int, protocol: Protocol
) -> list[tuple[str, tuple[int, int]]]:
    """Each split, and where its part of a recording begins and ends."""
    turn = zlib.crc32(os.fsencode(recording.id)) % len(SPLITS)
    order = SPLITS[turn:] + SPLITS[:turn]
    parts = protocol.noise_stretches
    whole = sum(parts[split] for split in SPLITS)
    bounds = np.rint(np.cumsum([0, *(parts[split] for split in order)]) / whole * length).astype(
        int
    )
    if (np.diff(bounds) <= 0).any():
        raise ValueError(
            f"{recording.path}: {length} samples are too few to divide by "
            f"plan.noise_stretches={parts.model_dump()}; remove it or set plan.noise_stretches=null"
        )
    return list(
        zip(order, zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True), strict=True)
    )


def _stretch(recording: tuple, vector: str, ends: tuple[int, int], **facts: Any) -> Stretch:
    columns = {name: getattr(recording, name) for name in COLUMNS}
    return Stretch(**{**columns, **facts}, vector=vector, start=ends[0], stop=ends[1])


def _length(recording: tuple, sample_rate: int) -> int:
    return resampled_length(recording.samples, recording.sample_rate, sample_rate)


def _refuse_shared(one: pd.DataFrame, other: pd.DataFrame, one_is: str, other_is: str) -> None:
    if shared := sorted(set(one.source) & set(other.source)):
        more = f" and {len(shared) - 10} more" if len(shared) > 10 else ""
        raise ValueError(
            f"{', '.join(shared[:10])}{more}: in {one_is} and in {other_is}; leave them out of one of the two"
        )
