"""Makes a drawer of corpora and a protocol: scans, splits, checks that splits share no audio."""

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from audio.resampling import resampled_length
from datagen.copies import conflicts, repeated
from datagen.corpora.corpus import Corpora
from datagen.draw import Drawer
from datagen.file_reader import decoded
from datagen.protocol import Protocol
from datagen.recordings import COLUMNS, BadAudioError
from datagen.roles import (
    NEEDED,
    NOISE,
    ROLES,
    SEEN_NOISE,
    SPEECH,
    TEST_SPEECH,
    TRAIN_SPEECH,
    UNSEEN_NOISE,
)
from datagen.scan import note_conversions, scan
from datagen.split import limit_utterances, noise_stretches, split_speech, talker_stretches

log = logging.getLogger(__name__)


def scan_all(
    roles: Mapping[str, Corpora], sample_rate: int, cache: Path, jobs: int, check_audio: bool
) -> dict[str, pd.DataFrame]:
    """One recordings table for each of `roles`, of its corpora in the given order.

    Raises one BadAudioError for the bad files of all corpora, and ValueError for a recording that
    occurs twice in one role.
    """
    scanned, bad_files = {}, []
    for role, corpora in roles.items():
        scanned[role] = {}
        for name, corpus in corpora.items():
            try:
                scanned[role][name] = scan(corpus.recordings(), cache, jobs, check_audio)
            except BadAudioError as bad:
                bad_files += bad.files
    if bad_files:
        raise BadAudioError(bad_files)
    tables = {}
    for role, by_corpus in scanned.items():
        tables[role] = _joined(role, by_corpus)
        note_conversions(tables[role], sample_rate)
    return tables


def make_drawer(
    tables: Mapping[str, pd.DataFrame], protocol: Protocol, sample_rate: int, seed: int
) -> Drawer:
    """A drawer by `protocol` over the `tables` of all ROLES.

    Without test speech, some speakers are reserved for the test. Raises ValueError for too few
    speakers, utterances or noises, and for speakers or equal audio in two splits.
    """
    used = usable(tables, protocol, sample_rate)
    speech = speech_table(used, protocol, seed)
    if protocol.second_talker:
        noise = talker_stretches(speech)
    else:
        noise = noise_table(used, protocol, sample_rate)
    library = decoded(speech, noise, sample_rate)
    left_out = sum(len(tables[role]) - len(used[role]) for role in ROLES)
    return Drawer(protocol, speech, noise, library, sample_rate, seed, left_out)


def usable(
    tables: Mapping[str, pd.DataFrame], protocol: Protocol, sample_rate: int
) -> dict[str, pd.DataFrame]:
    """`tables` without speech that is too short and without copies.

    Speech has its length at `sample_rate`, too. Raises ValueError if a role has no recordings, or
    if equal audio would be in two splits.
    """
    faults = role_faults({role for role in ROLES if not tables[role].empty}, protocol)
    if faults:
        raise ValueError(faults[0])
    tables = dict(tables)
    for role in SPEECH:
        tables[role] = long_enough(tables[role], role, protocol.shortest_s, sample_rate)
    lines = conflicts(tables)
    if lines:
        raise ValueError("; ".join(lines))
    for role, instead in repeated(tables, protocol.overlapping).items():
        _note_copies(role, tables[role], instead)
        tables[role] = tables[role].drop(index=instead.index).reset_index(drop=True)
    return tables


def role_faults(filled: Collection[str], protocol: Protocol) -> list[str]:
    """A line for every role whose recordings are missing, or not allowed.

    With a second talker, a plan consists of speech only.
    """
    faults = []
    for role in NEEDED:
        if role not in filled and not (protocol.second_talker and role in NOISE):
            faults.append(f"{role} is empty: name at least one corpus, see conf/experiment")
    for role in NOISE:
        if protocol.second_talker and role in filled:
            faults.append(
                f"{role} has recordings, but with plan.second_talker=true the noise is a second "
                f"speaker: leave them out, {role}={{}}, or set plan.second_talker=false"
            )
    return faults


def _note_copies(role: str, table: pd.DataFrame, instead: pd.Series) -> None:
    """Print how many recordings are left out, and name one of them; instead: see `repeated`."""
    if instead.empty:
        return
    log.warning(
        "note: %d of %d recordings of %s left out, for others are the same audio: %s is %s",
        len(instead),
        len(table),
        role,
        table.path[instead.index[0]],
        instead.iloc[0],
    )


def speech_table(tables: Mapping[str, pd.DataFrame], protocol: Protocol, seed: int) -> pd.DataFrame:
    """The speech of a plan; without test speech, some speakers are reserved for the test.

    See datagen.split.
    """
    test = tables[TEST_SPEECH]
    separate = None if test.empty else test
    table = split_speech(tables[TRAIN_SPEECH], separate, protocol, seed)
    return limit_utterances(table, protocol, seed)


def noise_table(
    tables: Mapping[str, pd.DataFrame], protocol: Protocol, sample_rate: int
) -> pd.DataFrame:
    """The stretches of noise of a plan, see datagen.split."""
    return noise_stretches(tables[SEEN_NOISE], tables[UNSEEN_NOISE], protocol, sample_rate)


def long_enough(
    speech: pd.DataFrame, role: str, shortest_s: float, sample_rate: int
) -> pd.DataFrame:
    """Speech of at least `shortest_s`, with its `length` at `sample_rate`.

    Raises ValueError if all speech is shorter.
    """
    lengths = []
    for samples, rate in zip(speech.samples, speech.sample_rate, strict=True):
        lengths.append(resampled_length(samples, rate, sample_rate))
    speech = speech.assign(length=lengths)
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


def _joined(role: str, by_corpus: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The recordings of all corpora of a role; raises ValueError for two with the same name."""
    tables = list(by_corpus.values()) or [pd.DataFrame(columns=COLUMNS)]
    table = pd.concat(tables, ignore_index=True)
    repeated_ids = table.id[table.id.duplicated()]
    if repeated_ids.empty:
        return table
    places = []
    for name, recordings in by_corpus.items():
        paths = recordings.path[recordings.id == repeated_ids.iloc[0]]
        places += [(name, path) for path in paths]
    raise ValueError(_repetition(role, *places[0], *places[1]))


def _repetition(role: str, first: str, first_path: str, second: str, second_path: str) -> str:
    """The message about two recordings with the same name, with the corpora and paths of both."""
    both = f"{first_path} and {second_path}: are one recording by their names"
    if first == second:
        return f"{both}; rename or remove one of them"
    corpora = f"{role}.{first} and {role}.{second}"
    if first_path == second_path:
        return f"{first_path}: is in two corpora, {corpora}; leave one out: ~{role}.{second}"
    return (
        f"{both}, in {corpora}; leave one out (~{role}.{second}), "
        f"or give a folder another name ({role}.{second}.name=...)"
    )
