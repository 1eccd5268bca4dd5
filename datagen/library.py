"""Excerpts of any recording in the tables of a plan, as 16-bit samples at one rate."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from datagen.band_limit import band_limited
from datagen.several_noises import FURTHER, Further, together
from datagen.spectral_shape import shaped


class Reader(Protocol):
    """Reads samples of audio files, at one rate."""

    def read(self, path: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] of `path`."""


class Piece(NamedTuple):
    """`length` samples of a file from sample `start` on."""

    path: str
    start: int
    length: int


class Library:
    """Clean and noise excerpts by the ids of a plan.

    A noise excerpt that begins in one stretch continues in the next stretches of the same vector,
    in table order, and from the last in the first.
    """

    def __init__(self, speech: pd.DataFrame, noise: pd.DataFrame, reader: Reader):
        self.reader = reader
        self._speech = dict(zip(speech.id, speech.path, strict=True))
        self._positions = {noise_id: position for position, noise_id in enumerate(noise.id)}
        self._paths = noise.path.tolist()
        self._kinds = noise.kind.tolist()
        self._starts = noise.start.tolist()
        self._stops = noise.stop.tolist()
        self._next = list(range(1, len(noise) + 1))  # position of the next stretch
        for positions in noise.groupby("vector").indices.values():
            last, first = positions[-1], positions[0]
            self._next[last] = int(first)

    def clean(self, speech_id: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] of one recording of speech."""
        path = self._path(speech_id)
        samples = self.reader.read(path, start, length)
        if len(samples) < length:
            missing = length - len(samples)
            raise ValueError(
                f"{path}: ends {missing} samples early; has it changed since the plan?"
            )
        return samples

    def noise(self, noise_id: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] from sample `start` of the recording on.

        `start` lies in the stretch `noise_id`.
        """
        pieces = []
        for position, begin, count in self._walk(noise_id, start, length):
            path = self._paths[position]
            piece = self.reader.read(path, begin, count)
            if len(piece) < count:
                raise ValueError(f"{path}: ends early; has it changed since the plan was drawn?")
            pieces.append(piece)
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces)

    def excerpts(self, row: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        """Clean and noise of a row before mixing: 16-bit samples [time] each.

        Several noises are added, none of them silent. Both pass the filters of the row, and are
        limited to its band.
        """
        clean = self.clean(row["speech_id"], row["speech_start"], row["length"])
        first = self.noise(row["noise_id"], row["noise_start"], row["length"])
        noise = together(first, self.further_noises(row))
        clean, noise = shaped(clean, row["speech_filter"]), shaped(noise, row["noise_filter"])
        return band_limited(clean, row["band"]), band_limited(noise, row["band"])

    def places(self, row: Mapping[str, Any]) -> tuple[Piece, list[Piece]]:
        """The places of a row's speech and of the pieces of its first noise."""
        speech = Piece(self._path(row["speech_id"]), row["speech_start"], row["length"])
        noise = [
            Piece(self._paths[position], begin, count)
            for position, begin, count in self._walk(
                row["noise_id"], row["noise_start"], row["length"]
            )
        ]
        return speech, noise

    def further_noises(self, row: Mapping[str, Any]) -> list[Further]:
        """The noises of a row beside the first."""
        further = []
        for name in FURTHER:
            noise_id = row[f"{name}_id"]
            if noise_id:
                samples = self.noise(noise_id, row[f"{name}_start"], row["length"])
                further.append(Further(noise_id, samples, row[f"{name}_db"]))
        return further

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of a noise excerpt; "several" where it runs over stretches of several kinds."""
        kinds = set()
        for position, _, _ in self._walk(noise_id, start, length):
            kinds.add(self._kinds[position])
        return kinds.pop() if len(kinds) == 1 else "several"

    def _walk(self, noise_id: str, start: int, length: int) -> Iterator[tuple[int, int, int]]:
        """The pieces of a noise excerpt: position in the table, first sample, number of samples."""
        position = self._position(noise_id)
        while length > 0:
            count = min(length, self._stops[position] - start)
            yield position, start, count
            length -= count
            position = self._next[position]
            start = self._starts[position]

    def _path(self, speech_id: str) -> str:
        if speech_id not in self._speech:
            raise ValueError(
                f"plan names speech {speech_id!r}, which the speech table lacks; draw the plan anew"
            )
        return self._speech[speech_id]

    def _position(self, noise_id: str) -> int:
        if noise_id not in self._positions:
            raise ValueError(
                f"plan names noise {noise_id!r}, which the noise table lacks; draw the plan anew"
            )
        return self._positions[noise_id]
