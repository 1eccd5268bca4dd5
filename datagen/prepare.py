"""From corpora and a protocol to a drawer: scan, split, and check that nothing leaks between the splits."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio.resampling import resampled_length
from datagen.copies import conflicts, repeated
from datagen.corpora.corpus import Corpora
from datagen.draw import Drawer
from datagen.file_reader import FileReader
from datagen.library import Library
from datagen.protocol import Protocol
from datagen.recordings import COLUMNS, BadAudioError, corrections
from datagen.roles import NEEDED, ROLES, SEEN_NOISE, SPEECH, TEST_SPEECH, TRAIN_SPEECH, UNSEEN_NOISE
from datagen.scan import note_conversions, scan
from datagen.split import limit_utterances, noise_stretches, split_speech

log = logging.getLogger(__name__)


def scan_all(
    roles: Mapping[str, Corpora], sample_rate: int, cache: Path, jobs: int, check_audio: bool
) -> dict[str, pd.DataFrame]:
    """One recordings table for each of `roles`, of its corpora in the order given.

    Raises one BadAudioError for the bad files of all of them, and ValueError for a recording that
    one role holds twice.
    """
    tables, bad_files = {role: {} for role in roles}, []
    for role, corpora in roles.items():
        for name, corpus in corpora.items():
            try:
                tables[role][name] = scan(corpus.recordings(), cache, jobs, check_audio)
            except BadAudioError as bad:
                bad_files += bad.files
    if bad_files:
        raise BadAudioError(bad_files)
    return {role: _one_table(role, parts, sample_rate) for role, parts in tables.items()}


def make_drawer(
    tables: Mapping[str, pd.DataFrame], protocol: Protocol, sample_rate: int, seed: int
) -> Drawer:
    """A drawer by `protocol` over the `tables` of all ROLES.

    Without test speech, speakers are set aside for it. Raises ValueError where speakers, utterances
    or noises do not suffice, or where speakers or equal audio would stand in two splits.
    """
    used = usable(tables, protocol, sample_rate)
    speech, noise = speech_table(used, protocol, seed), noise_table(used, protocol, sample_rate)
    library = Library(speech, noise, FileReader(sample_rate, corrections(speech, noise)))
    left_out = sum(len(tables[role]) - len(used[role]) for role in ROLES)
    return Drawer(protocol, speech, noise, library, sample_rate, seed, left_out)


def usable(
    tables: Mapping[str, pd.DataFrame], protocol: Protocol, sample_rate: int
) -> dict[str, pd.DataFrame]:
    """`tables` without speech that is too short and without copies; speech has its length at `sample_rate` too.

    Raises ValueError where a role has no recordings, or where equal audio would serve in two
    splits.
    """
    for role in NEEDED:
        if tables[role].empty:
            raise ValueError(f"{role} is empty: name at least one corpus, see conf/experiment")
    speech = {
        role: long_enough(tables[role], role, protocol.shortest_s, sample_rate) for role in SPEECH
    }
    tables = {**tables, **speech}
    if lines := conflicts(tables):
        raise ValueError("; ".join(lines))
    for role, copies in repeated(tables, protocol.overlapping).items():
        if len(copies):
            path = tables[role].path[copies.index[0]]
            count = f"{len(copies)} of {len(tables[role])} recordings of {role}"
            log.warning(
                "note: %s left out, for others are the same audio: %s is %s",
                count,
                path,
                copies.iloc[0],
            )
        tables[role] = tables[role].drop(index=copies.index).reset_index(drop=True)
    return tables


def speech_table(tables: Mapping[str, pd.DataFrame], protocol: Protocol, seed: int) -> pd.DataFrame:
    """The speech of a plan, see datagen.split; without test speech, speakers are set aside for it."""
    test = tables[TEST_SPEECH]
    table = split_speech(tables[TRAIN_SPEECH], None if test.empty else test, protocol, seed)
    return limit_utterances(table, protocol, seed)


def noise_table(
    tables: Mapping[str, pd.DataFrame], protocol: Protocol, sample_rate: int
) -> pd.DataFrame:
    """The stretches of noise of a plan, see datagen.split."""
    return noise_stretches(tables[SEEN_NOISE], tables[UNSEEN_NOISE], protocol, sample_rate)


def long_enough(
    speech: pd.DataFrame, role: str, shortest_s: float, sample_rate: int
) -> pd.DataFrame:
    """Speech of at least `shortest_s`, with its `length` at `sample_rate`; ValueError where there is none."""
    columns = zip(speech.samples, speech.sample_rate, strict=True)
    speech = speech.assign(
        length=[resampled_length(samples, rate, sample_rate) for samples, rate in columns]
    )
    short = speech.length < shortest_s * sample_rate
    if len(speech) and short.all():
        raise ValueError(
            f"{role}: no recording reaches plan.shortest_s={shortest_s:g}; lower it or add speech"
        )
    if short.any():
        log.warning(
            "note: %d of %d utterances are shorter than %g s and left out",
            short.sum(),
            len(speech),
            shortest_s,
        )
    return speech[~short].reset_index(drop=True)


def _one_table(role: str, parts: Mapping[str, pd.DataFrame], sample_rate: int) -> pd.DataFrame:
    table = pd.concat(list(parts.values()) or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    if table.id.duplicated().any():
        twice = table.id[table.id.duplicated()].iloc[0]
        _refuse_twice(
            role,
            [(name, path) for name, part in parts.items() for path in part.path[part.id == twice]],
        )
    note_conversions(table, sample_rate)
    return table


def _refuse_twice(role: str, places: list[tuple[str, str]]) -> None:
    """Raise ValueError for the corpora and paths of two recordings that have one name."""
    (one, path), (other, another), *_ = places
    if one == other:
        raise ValueError(
            f"{path} and {another}: are one recording by their names; rename or remove one of them"
        )
    if path == another:
        raise ValueError(
            f"{path}: is in two corpora, {role}.{one} and {role}.{other}; leave one out: ~{role}.{other}"
        )
    raise ValueError(
        f"{path} and {another}: are one recording by their names, in {role}.{one} and {role}.{other}; "
        f"leave one out (~{role}.{other}), or give a folder another name ({role}.{other}.name=...)"
    )
