"""Assigns recordings: speakers to splits, and stretches of noises to splits, seen or unseen."""

import logging
import os
import zlib
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from audio.resampling import resampled_length
from datagen.protocol import Protocol
from datagen.recordings import COLUMNS, Stretch
from files.schema import types_of

log = logging.getLogger(__name__)
SPLITS = ("train", "validation", "test")
TALKER = "second talker"  # kind of a noise that is speech
NAMED = 10  # number of sources that an error names; further ones are counted


def split_speech(
    pool: pd.DataFrame, test: pd.DataFrame | None, protocol: Protocol, seed: int
) -> pd.DataFrame:
    """Speech table with a `split` column; no source (speaker) is in two splits.

    `pool` is for training and validation, and for the test if there is no `test` table. The
    protocol gives the shares of its speakers for "validation" and "test", at least one each, chosen
    by `seed`. If there are too few speakers, utterances are divided instead, each as a source, and
    a note says so. With a second talker each split has at least two speakers. Raises ValueError for
    too few utterances, for too few speakers with a second talker, or for speakers of `test` that
    are in `pool`, by name.
    """
    shares = {"validation": protocol.validation_speakers}
    if test is None:
        shares["test"] = protocol.test_speakers
    fewest = 2 if protocol.second_talker else 1
    if protocol.second_talker:
        _require_pairs(pool, shares)
    elif pool.source.nunique() <= len(shares):
        pool = _by_utterance(pool, shares)
    sources = sorted(pool.source.unique())
    table = pool.assign(split=pool.source.map(_splits(sources, shares, seed, fewest)))
    if test is not None:
        _refuse_shared(pool, test, "training speech", "test speech")
        table = pd.concat([table, test.assign(split="test")])
    allowed = (table.only == "") | (table.only == table.split)
    return table[allowed].reset_index(drop=True)


def _require_pairs(pool: pd.DataFrame, shares: dict[str, float]) -> None:
    """Raise ValueError if `pool` has fewer than two speakers per split."""
    speakers = sorted(pool.source.unique())
    splits = ", ".join(["train", *shares])
    if len(speakers) < 2 * (1 + len(shares)):
        named = ", ".join(speakers[:NAMED])
        raise ValueError(
            f"plan.second_talker=true: {len(speakers)} speaker(s) ({named}) are too few, each of "
            f"the splits {splits} needs two; add speech of others"
        )


def _by_utterance(pool: pd.DataFrame, shares: dict[str, float]) -> pd.DataFrame:
    """`pool` with every utterance as a source, because it has too few speakers.

    Raises ValueError if there are too few utterances, too.
    """
    speakers = sorted(pool.source.unique())
    splits = ", ".join(["train", *shares])
    if len(pool) <= len(shares):
        raise ValueError(
            f"too few speakers and utterances: {len(speakers)} ({', '.join(speakers)}) with "
            f"{len(pool)} in all for the splits {splits}; add recordings of speech"
        )
    log.warning(
        "note: %d speaker(s) (%s) are too few for %s, so utterances are set aside instead: "
        "training uses the speakers of its test",
        len(speakers),
        ", ".join(speakers),
        splits,
    )
    return pool.assign(source=pool.id)


def shares_speakers(speech: pd.DataFrame) -> bool:
    """Whether splits of a speech table share speakers, because there were too few."""
    tested = speech[speech.split == "test"]
    return bool(len(tested)) and bool((tested.source == tested.id).all())


def _splits(
    speakers: list[str], shares: dict[str, float], seed: int, fewest: int
) -> dict[str, str]:
    """The split of each of `speakers`: "train", except `shares` of all, at least `fewest` each."""
    shuffled = np.random.default_rng(seed).permutation(speakers)
    splits = dict.fromkeys(speakers, "train")
    taken = 0
    for position, (split, share) in enumerate(shares.items()):
        reserved = fewest * (len(shares) - position)  # speakers for later splits and for training
        wanted = max(fewest, round(share * len(speakers)))
        count = min(wanted, len(speakers) - taken - reserved)
        for speaker in shuffled[taken : taken + count]:
            splits[speaker] = split
        taken += count
    return splits


def limit_utterances(speech: pd.DataFrame, protocol: Protocol, seed: int) -> pd.DataFrame:
    """Limits the utterances per split to the protocol's number, chosen by `seed`.

    Raises ValueError if there are fewer utterances.
    """
    tables = []
    for split in SPLITS:
        rows = speech[speech.split == split]
        limit = protocol.utterances[split]
        if limit is not None and limit > len(rows):
            raise ValueError(
                f"plan.utterances.{split}={limit}: there are only {len(rows)}; "
                "ask for fewer, or null for all"
            )
        shuffled = np.random.default_rng(seed).permutation(len(rows))
        chosen = np.sort(shuffled[:limit])
        tables.append(rows.iloc[chosen])
    return pd.concat(tables, ignore_index=True)


def noise_stretches(
    seen: pd.DataFrame, unseen: pd.DataFrame, protocol: Protocol, sample_rate: int
) -> pd.DataFrame:
    """Noise table: a `Stretch` of a recording in each row, in samples at `sample_rate`.

    Stretches of one `vector`, joined in table order, form one long circular noise, which is cut at
    random. Every seen recording is divided in time into stretches for training, validation and
    test, so that no noise sample is in two splits. Their order differs between recordings, because
    many recordings fade out. If the protocol is overlapping (as in the paper), all cuts come from
    one vector. An unseen recording is a separate vector, so that a test mixture has one kind of
    noise. Raises ValueError if seen and unseen noise share a source, or if a recording is too short
    to divide.
    """
    _refuse_shared(seen, unseen, "seen noise", "unseen noise")
    stretches = []
    for recording in seen.itertuples(index=False):
        length = _length(recording, sample_rate)
        stretches += _seen_stretches(recording, length, protocol)
    order = ("", *SPLITS)
    stretches.sort(key=lambda stretch: order.index(stretch.split))
    for recording in unseen.itertuples(index=False):
        whole = (0, _length(recording, sample_rate))
        vector = f"unseen-{recording.id}"
        stretches.append(_stretch(recording, vector, whole, seen=False, split="test"))
    return pd.DataFrame(stretches, columns=list(types_of(Stretch)))


def talker_stretches(speech: pd.DataFrame) -> pd.DataFrame:
    """Noise table of second talkers: a `Stretch` for every whole utterance of a speech table.

    The stretches of one speaker form one vector, which is seen noise only in training.
    """
    stretches = []
    for utterance in speech.itertuples(index=False):
        split = utterance.split
        facts = {"kind": TALKER, "seen": split == "train", "split": split}
        vector = f"{split}-{utterance.source}"
        stretches.append(_stretch(utterance, vector, (0, utterance.length), **facts))
    return pd.DataFrame(stretches, columns=list(types_of(Stretch)))


def _seen_stretches(recording: tuple, length: int, protocol: Protocol) -> list[Stretch]:
    only, whole = recording.only, (0, length)
    if only and protocol.overlapping:
        raise ValueError(
            "plan.noise_stretches=null: all splits are cut from one noise, "
            f"but {recording.id} may serve in {only} alone; leave its corpus out"
        )
    if only:
        return [_stretch(recording, f"seen-{only}", whole, seen=True, split=only)]
    if protocol.overlapping:
        return [_stretch(recording, "seen", whole, seen=True, split="")]
    stretches = []
    for split, ends in _divided(recording, length, protocol).items():
        facts = {"id": f"{recording.id}#{split}", "seen": True, "split": split}
        stretches.append(_stretch(recording, f"seen-{split}", ends, **facts))
    return stretches


def _divided(recording: tuple, length: int, protocol: Protocol) -> dict[str, tuple[int, int]]:
    """The begin and end of each split's stretch in a recording, in order of time."""
    turn = zlib.crc32(os.fsencode(recording.id)) % len(SPLITS)
    order = SPLITS[turn:] + SPLITS[:turn]
    shares = protocol.noise_stretches
    whole = sum(shares[split] for split in SPLITS)
    summed = np.cumsum([0, *(shares[split] for split in order)])
    bounds = np.rint(summed / whole * length).astype(int)
    if (np.diff(bounds) <= 0).any():
        raise ValueError(
            f"{recording.path}: {length} samples are too few to divide by "
            f"plan.noise_stretches={shares.model_dump()}; "
            "remove it or set plan.noise_stretches=null"
        )
    ends = pairwise(bounds.tolist())
    return dict(zip(order, ends, strict=True))


def _stretch(recording: tuple, vector: str, ends: tuple[int, int], **facts: Any) -> Stretch:
    start, stop = ends
    columns = {name: getattr(recording, name) for name in COLUMNS}
    columns.update(facts)
    return Stretch(**columns, vector=vector, start=start, stop=stop)


def _length(recording: tuple, sample_rate: int) -> int:
    return resampled_length(recording.samples, recording.sample_rate, sample_rate)


def _refuse_shared(
    first: pd.DataFrame, second: pd.DataFrame, first_title: str, second_title: str
) -> None:
    shared = sorted(set(first.source) & set(second.source))
    if not shared:
        return
    named = ", ".join(shared[:NAMED])
    if len(shared) > NAMED:
        named += f" and {len(shared) - NAMED} more"
    raise ValueError(
        f"{named}: in {first_title} and in {second_title}; leave them out of one of the two"
    )
