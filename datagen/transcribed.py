"""Speech whose words are known, as characters beside its mixtures."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from audio.resampling import resampled_length
from datagen.present import NOISE
from datagen.route import Route
from options.typed import typed
from text.alphabet import Alphabet

log = logging.getLogger(__name__)
OF_TEXT = ("tokens", "characters")  # what an item has beside those of its route
NO_TRANSCRIPT = "no transcript"
TOO_LONG = "more characters than the network has steps"
REMEDIES = {
    TOO_LONG: "give each recording the transcript of what is said in it, and no more",
    "": "the corpora librispeech (*.trans.txt), timit (.TXT), folder (NAME.txt beside NAME.wav) "
    "and demo have transcripts, as in experiment=demo_recognition",
}


@dataclass(frozen=True)
class Spelling:
    """The conversion of text to tokens.

    room: tells whether a signal of a number of samples has room for a number of tokens.
    """

    alphabet: Alphabet
    room: Callable[[list[int], int], bool]

    def known(self, speech: pd.DataFrame, role: str, sample_rate: int) -> pd.DataFrame:
        """`speech` without recordings whose transcript is unknown, empty, or too long for them.

        A note counts these. Raises ValueError where no recording of `role` is left, or where
        a character is outside the alphabet.
        """
        if speech.empty:
            return speech
        self._require_letters(speech, role)
        reasons = []
        for recording in speech.itertuples():
            samples = resampled_length(recording.samples, recording.sample_rate, sample_rate)
            reasons.append(self._fault(recording.text, samples))
        why = pd.Series(reasons, index=speech.index)
        left = _left(speech, role, why)
        if left.empty:
            reason = why.mode()[0]  # of most of them
            remedy = REMEDIES.get(reason, REMEDIES[""])
            raise ValueError(f"{role}: no recording can be learned from ({reason}); {remedy}")
        return left

    def _require_letters(self, speech: pd.DataFrame, role: str) -> None:
        """Raise ValueError for characters in the transcripts that are not in the alphabet."""
        outside = speech.text.map(self.alphabet.outside)
        has = outside.map(bool)
        if not has.any():
            return
        letters = "".join(dict.fromkeys("".join(outside)))
        known = self.alphabet.characters
        raise ValueError(
            f"{role}: transcripts of {has.sum()} of {len(speech)} recordings, the first "
            f"{speech.path[has].iloc[0]}, have {letters!r}, outside task.alphabet={known!r}; "
            f"give {typed('task.alphabet', known + letters)}, or leave these recordings out"
        )

    def _fault(self, text: str, samples: int) -> str:
        if not text:
            return NO_TRANSCRIPT
        tokens = self.alphabet.tokens(text)
        if not tokens:
            return "nothing is said in their transcripts"
        return "" if self.room(tokens, samples) else TOO_LONG


def _note(role: str, reason: str, left_out: pd.DataFrame, of: int) -> None:
    first = left_out.path.iloc[0]
    log.warning(
        "note: %d of %d recordings of %s left out: %s (%s)", len(left_out), of, role, reason, first
    )


def transcribed(speech: pd.DataFrame, role: str, sample_rate: int) -> pd.DataFrame:
    """`speech` without recordings that have no transcript; a note counts these.

    It is all of `speech` if no recording has one. sample_rate: has no influence.
    """
    if (speech.text == "").all():
        return speech
    why = speech.text.map(lambda text: "" if text else NO_TRANSCRIPT)
    return _left(speech, role, why)


def _left(speech: pd.DataFrame, role: str, why: pd.Series) -> pd.DataFrame:
    """The recordings of `speech` whose reason `why` is ""; notes count the others."""
    for reason in sorted({*why} - {""}):
        _note(role, reason, speech[why == reason], len(speech))
    return speech[why == ""].reset_index(drop=True)


def require_whole(rows: pd.DataFrame, speech: pd.DataFrame) -> None:
    """Raise ValueError where a row has not all of its utterance, and so not all of its words."""
    cut = rows[~is_whole(rows, speech)]
    if len(cut):
        raise ValueError(
            f"{len(cut)} of {len(rows)} mixtures hold only a part of an utterance, as "
            f"{cut.mixture_id.iloc[0]}: a transcript needs all of it; add plan=recognition, or "
            "plan.segment_s={train:null,validation:null,test:null}"
        )


def require_said(rows: pd.DataFrame, speech: pd.DataFrame) -> None:
    """Raise ValueError where no row of a test has a transcript of all of its speech."""
    said = rows[rows.speech_id.map(dict(zip(speech.id, speech.text, strict=True))).map(bool)]
    if said.empty:
        raise ValueError(
            f"none of the {len(rows)} mixtures of the test has a transcript (the first is of "
            f"{speech.path.iloc[0]}); {REMEDIES['']}"
        )
    if not is_whole(said, speech).any():
        require_whole(said, speech)


def transcript(row: Mapping[str, Any], utterance: Any) -> str:
    """The transcript of the mixture of a plan's `row`; "" where it is not known.

    utterance: the row's recording in the plan's speech. The transcript of a part of an utterance is
    not known. A mixture whose speech is silence has none.
    """
    whole = row["speech_start"] == 0 and row["length"] == utterance.length
    return utterance.text if whole and row["present"] != NOISE else ""


def is_whole(rows: pd.DataFrame, speech: pd.DataFrame) -> pd.Series:
    """Whether each row has its whole utterance."""
    lengths = rows.speech_id.map(dict(zip(speech.id, speech.length, strict=True)))
    return (rows.speech_start == 0) & (rows.length == lengths)


class Transcribed(Route):
    """The items of another route, each with its transcript.

    texts: by speech_id. An item has "tokens" [character], and "characters": how many.
    """

    def __init__(self, rows: pd.DataFrame, route: Route, texts: Mapping[str, list[int]]):
        super().__init__(rows[["mixture_id", "speech_id", "length"]])
        self.route = route
        self.texts = texts

    def __getitem__(self, index: int) -> dict:
        tokens = self.texts[self.row(index)["speech_id"]]
        item = self.route[index]
        return {**item, "tokens": torch.tensor(tokens), "characters": len(tokens)}

    def on_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch on the device, as the wrapped route finishes it."""
        kept = {name: batch[name] for name in OF_TEXT}
        rest = {name: value for name, value in batch.items() if name not in kept}
        return self.route.on_device(rest) | kept
