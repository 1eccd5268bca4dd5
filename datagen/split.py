"""Which recordings serve where: speakers over the splits, noises over seen and unseen, stretch by stretch."""

import os
import zlib

import numpy as np
import pandas as pd

from audio.resampling import resampled_length

SPLITS = ("train", "validation", "test")


def split_speech(pool: pd.DataFrame, test: pd.DataFrame | None, fractions: dict[str, float], seed: int) -> pd.DataFrame:
    """Speech table with a `split` column; no source (speaker) stands in two splits.

    `pool` feeds training and validation, and test too where there is no `test` table of its own. `fractions` of its
    speakers go to "validation" and "test", at least one each, chosen by `seed`.
    Raises ValueError for too few speakers, or for speakers of `test` that are in `pool`, named.
    """
    needed = ["validation"] if test is not None else ["validation", "test"]
    speakers = sorted(pool.source.unique())
    if len(speakers) <= len(needed):
        raise ValueError(
            f"too few speakers: {len(speakers)} ({', '.join(speakers)}) for the splits train, {', '.join(needed)}, "
            "which share none; add speakers" + ("" if test is not None else " or give test speech of its own")
        )
    order = np.random.default_rng(seed).permutation(speakers)
    role, taken = dict.fromkeys(speakers, "train"), 0
    for name in needed:
        room = len(speakers) - taken - (len(needed) - needed.index(name))
        count = min(max(1, round(fractions[name] * len(speakers))), room)
        role.update(dict.fromkeys(order[taken : taken + count], name))
        taken += count
    table = pool.assign(split=pool.source.map(role))
    if test is not None:
        _refuse_shared(pool, test, "training speech", "test speech")
        table = pd.concat([table, test.assign(split="test")])
    return table[(table.only == "") | (table.only == table.split)].reset_index(drop=True)


def limit_utterances(speech: pd.DataFrame, limits: dict[str, int | None], seed: int) -> pd.DataFrame:
    """At most `limits[split]` utterances per split, chosen by `seed`; ValueError where there are fewer."""
    kept = []
    for split in SPLITS:
        rows, limit = speech[speech.split == split], limits.get(split)
        if limit is not None and limit > len(rows):
            raise ValueError(
                f"plan.utterances.{split}={limit}: there are only {len(rows)}; ask for fewer, or null for all"
            )
        chosen = np.random.default_rng(seed).permutation(len(rows))[:limit]
        kept.append(rows.iloc[np.sort(chosen)])
    return pd.concat(kept, ignore_index=True)


def noise_stretches(
    seen: pd.DataFrame, unseen: pd.DataFrame, fractions: dict[str, float] | None, sample_rate: int
) -> pd.DataFrame:
    """Noise table: one row per stretch of a recording, `start` to `stop` in samples at `sample_rate`.

    Stretches of one `vector` joined in table order make one long noise, cut at random and circular. With `fractions`
    every seen recording is divided in time into stretches for "seen-train", "seen-validation" and "seen-test", so that
    no noise sample serves two splits; which comes first changes from recording to recording, for many fade out.
    Without (the paper's way) all cuts come from one vector "seen". An unseen recording is a vector of its own, so that
    a test mixture has one kind of noise.
    Raises ValueError where seen and unseen share a source, or a recording is too short to divide.
    """
    _refuse_shared(seen, unseen, "seen noise", "unseen noise")
    rows = []
    for recording in seen.itertuples(index=False):
        rows += _seen_rows(recording, _length(recording, sample_rate), fractions)
    for recording in unseen.itertuples(index=False):
        rows.append(_stretch(recording, f"unseen-{recording.id}", 0, _length(recording, sample_rate)))
    order = {f"seen-{split}": position for position, split in enumerate(SPLITS)}
    rows.sort(key=lambda row: order.get(row["vector"], len(order)))
    return pd.DataFrame(rows)


def vector_of(split: str, overlapping: bool) -> str:
    """The seen noise vector that `split` cuts from."""
    return "seen" if overlapping else f"seen-{split}"


def _seen_rows(recording: tuple, length: int, fractions: dict[str, float] | None) -> list[dict]:
    if recording.only and fractions is None:
        raise ValueError(
            f"plan.noise_stretches=null: all splits are cut from one noise, but {recording.id} may serve in "
            f"{recording.only} alone; leave its corpus out"
        )
    if recording.only:
        return [_stretch(recording, vector_of(recording.only, overlapping=False), 0, length)]
    if fractions is None:
        return [_stretch(recording, "seen", 0, length)]
    turn = zlib.crc32(os.fsencode(recording.id)) % len(SPLITS)
    order = SPLITS[turn:] + SPLITS[:turn]
    ends = np.cumsum([0, *(fractions[split] for split in order)]) / sum(fractions.values())
    bounds = np.rint(ends * length).astype(int)
    if (np.diff(bounds) <= 0).any():
        raise ValueError(
            f"{recording.path}: {length} samples are too few to divide by plan.noise_stretches={fractions}; "
            "remove it or set plan.noise_stretches=null"
        )
    return [
        _stretch(recording, vector_of(split, overlapping=False), start, stop, f"#{split}")
        for split, start, stop in zip(order, bounds[:-1], bounds[1:], strict=True)
    ]


def _stretch(recording: tuple, vector: str, start: int, stop: int, suffix: str = "") -> dict:
    return {
        **recording._asdict(),
        "id": recording.id + suffix,
        "vector": vector,
        "start": int(start),
        "stop": int(stop),
    }


def _length(recording: tuple, sample_rate: int) -> int:
    return resampled_length(recording.samples, recording.sample_rate, sample_rate)


def _refuse_shared(one: pd.DataFrame, other: pd.DataFrame, one_is: str, other_is: str) -> None:
    if shared := sorted(set(one.source) & set(other.source)):
        more = f" and {len(shared) - 10} more" if len(shared) > 10 else ""
        raise ValueError(
            f"{', '.join(shared[:10])}{more}: in {one_is} and in {other_is}; leave them out of one of the two"
        )
