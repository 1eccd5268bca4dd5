"""The line enhancer on the spectrogram: what lasts from window to window stays, the rest goes.

After the Bi-LSTM line enhancement paper, with the spectra of long windows in place of frames of
samples: a recurrent network that is trained on the very signal predicts each bin of a window from
windows before and after it that share no sample with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool1d, pad

from dsp.decibel import amplitude
from dsp.hann import hann_signal, hann_spectrum
from models.baselines.coherence import GAP, Prediction, predict, turned_back
from models.baselines.line_gates import LineGates
from models.baselines.predictor import CELLS, require_known, require_signal
from models.baselines.spectral_lines import noise_floor
from models.system import Enhancing

NEAR = 1  # bins on either side that the network sees beside a bin's own
CENTRED = 2.0  # about what the logarithm of the evidence is in noise
LOWEST = 2  # bins from 0 Hz that hold no line, but what an offset leaves
HELD_S = 3.0  # a gate stays open before and after a line was there


class Sides(NamedTuple):
    """What the network is given of a signal.

    target [freq, frame]: its spectrum, turned back. predictions [prediction, freq, frame]: of it.
    shares [prediction, 1, frame]: what each of them knows of what all do. inputs [side, frame,
    freq, input]. evidence [frame, freq]: of all sides. weight [freq, frame]: of an error.
    """

    target: Tensor
    predictions: Tensor
    shares: Tensor
    inputs: Tensor
    evidence: Tensor
    weight: Tensor


class LineEnhancer(Enhancing):
    """Keeps lines of any frequency; see the module.

    frame_s: of the windows of its spectra. memories_s: times after which the past counts 1/e, a
    prediction each. cell: "bilstm" sees the past and the future, the others the past alone.
    updates: of Adam at `learning_rate`, on the `bins` that show most and as many others. A
    magnitude is the predicted one, but at most the mixture's, and at least `limit_db` below that;
    the phase is the mixture's. What is longer than three `piece_s` is enhanced in pieces, each with
    half of one around it.

    Raises ValueError for an unknown cell, options out of range, and a signal that cannot be
    enhanced.
    """

    def __init__(
        self,
        sample_rate: int,
        cell: str = "bilstm",
        frame_s: float = 2.0,
        memories_s: Sequence[float] = (1.0, 3.0, 12.0),
        hidden: int = 4,
        updates: int = 30,
        learning_rate: float = 0.03,
        bins: int = 128,
        limit_db: float = 34.0,
        piece_s: float = 60.0,
        seed: int = 0,
    ):
        super().__init__(sample_rate)
        require_known("cell", cell, CELLS)
        self.hop = round(frame_s * sample_rate / GAP)
        is_framed = self.hop > 0 and memories_s and min(memories_s) > 0 and frame_s <= piece_s / 2
        is_learning = hidden > 0 and updates >= 0 and learning_rate > 0 and bins > 0
        if not (is_framed and is_learning and 0 < limit_db <= 100):
            raise ValueError(
                f"frame_s={frame_s:g}, memories_s={list(memories_s)}, piece_s={piece_s:g}, "
                f"hidden={hidden}, updates={updates}, learning_rate={learning_rate:g}, "
                f"bins={bins}, limit_db={limit_db:g}: all must be above 0 (updates may be), "
                "a piece two frames or more, and limit_db at most 100"
            )
        self.cell = cell
        self.frame_s = frame_s
        self.memories = [GAP * memory_s / frame_s for memory_s in memories_s]
        self.hidden = hidden
        self.updates = updates
        self.learning_rate = learning_rate
        self.bins = bins
        self.limit_db = limit_db
        self.piece = GAP * round(piece_s * sample_rate / GAP)
        self.seed = seed

    def enhance(self, mixture: Tensor) -> Tensor:
        """Each mixture by a network of its own: [batch, time] -> [batch, time]."""
        return torch.stack([self._in_pieces(signal) for signal in mixture])

    def _in_pieces(self, mixture: Tensor) -> Tensor:
        self._require_usable(mixture)
        if len(mixture) <= 3 * self.piece:
            return self._enhance(mixture)
        enhanced = []
        for begin in range(0, len(mixture), self.piece):
            first = max(0, begin - self.piece // 2)
            around = mixture[first : begin + self.piece + self.piece // 2]
            kept = slice(begin - first, begin - first + self.piece)
            enhanced.append(self._enhance(around)[kept])
        return torch.cat(enhanced)

    def _enhance(self, mixture: Tensor) -> Tensor:
        spectrum = hann_spectrum(mixture.float(), self.hop)
        sides = self.sides(spectrum)
        predicted = self.predicted(self.train(sides), sides)
        magnitude = spectrum.abs()
        tiny = torch.finfo(magnitude.dtype).tiny
        mask = (predicted.abs() / magnitude.clamp_min(tiny)).clamp_max(1)
        mask[:LOWEST] = 0
        least = amplitude(-self.limit_db)
        mask = least + (1 - least) * mask
        return hann_signal(mask * spectrum, self.hop, mixture.shape[-1]).to(mixture)

    def _require_usable(self, mixture: Tensor) -> None:
        shortest = 2 * GAP * self.hop
        if len(mixture) < shortest:
            raise ValueError(
                f"{len(mixture) / self.sample_rate:.3g} s are shorter than two windows, "
                f"{shortest / self.sample_rate:.3g} s; record longer, or choose a shorter frame_s"
            )
        require_signal(mixture)

    def sides(self, spectrum: Tensor) -> Sides:
        """What the network is given of a signal with this `spectrum` [freq, frame]."""
        target = turned_back(spectrum.numpy(), self.hop)
        averaged = spectrum.abs().square().mean(-1)
        floor = noise_floor(averaged, self.frame_s)[:, None].numpy()
        past = [predict(target, floor, memory) for memory in self.memories]
        seen = [past]
        if self.cell == "bilstm":
            backwards = target[:, ::-1]
            seen.append([predict(backwards, floor, memory) for memory in self.memories])
        return _as_given(target, floor, seen)

    def train(self, sides: Sides) -> LineGates:
        """The network trained on one signal.

        In every update count the bins that show most, and some of the others, each for many.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            inputs = sides.inputs.shape[-1]
            gates = LineGates(self.cell, inputs, self.hidden, len(self.memories))
            optimizer = torch.optim.Adam(gates.parameters(), self.learning_rate)
            order = sides.evidence.amax(0).argsort(descending=True)
            most, others = order[: self.bins], order[self.bins :]
            for _ in range(self.updates):
                drawn = others[torch.randperm(len(others))[: self.bins]]
                optimizer.zero_grad()
                loss = _error(gates, sides, most)
                if len(others):
                    each_for = len(others) / len(drawn)
                    loss = loss + each_for * _error(gates, sides, drawn)
                (loss / len(most)).backward()
                optimizer.step()
        return gates

    @torch.no_grad()
    def predicted(self, gates: LineGates, sides: Sides) -> Tensor:
        """What a trained network predicts: [freq, frame], complex.

        A gate stays open for HELD_S before and after a line was there.
        """
        opened = gates(sides.inputs, sides.evidence)
        held = round(HELD_S * self.sample_rate / self.hop)
        opened = max_pool1d(opened, 2 * held + 1, stride=1, padding=held)
        return _estimate(opened, sides, slice(None))


def _as_given(target: np.ndarray, floor: np.ndarray, seen: list[list[Prediction]]) -> Sides:
    spectra, shares, inputs, power, strength = [], [], [], [], []
    for number, side in enumerate(seen):
        backwards = slice(None, None, -1 if number else 1)
        logarithms = []
        for one in side:
            spectra.append(one.spectrum[:, backwards])
            shares.append(one.frames[None, backwards])
            logarithms.append(np.log1p(one.evidence) - CENTRED)
        inputs.append(_beside(np.stack(logarithms)))
        power.append(side[-1].power[:, backwards])
        strength.append([one.evidence[:, backwards] for one in side])
    known = np.stack(shares)
    total = known.sum(0) / len(seen[0])
    expected = np.maximum(np.mean(power, 0), floor)
    return Sides(
        target=torch.from_numpy(target),
        predictions=torch.from_numpy(np.stack(spectra)),
        shares=torch.from_numpy(known / np.maximum(total, 1)),
        inputs=torch.stack(inputs),
        evidence=torch.from_numpy(np.log1p(np.sum(strength, 0).max(0)).T.copy()),
        weight=torch.from_numpy((1 / expected).astype(np.float32)),
    )


def _beside(logarithms: np.ndarray) -> Tensor:
    """Those of a bin and its neighbours: [memory, freq, frame] -> [frame, freq, input]."""
    freqs = logarithms.shape[1]
    padded = pad(torch.from_numpy(logarithms), (0, 0, NEAR, NEAR), mode="replicate")
    around = [padded[:, begin : begin + freqs] for begin in range(2 * NEAR + 1)]
    return torch.cat(around).permute(2, 1, 0).contiguous()


def _estimate(opened: Tensor, sides: Sides, bins: Tensor | slice) -> Tensor:
    return (opened * sides.shares * sides.predictions[:, bins]).sum(0)


def _error(gates: LineGates, sides: Sides, bins: Tensor) -> Tensor:
    """Squared errors of the predictions, relative to the power that is expected there."""
    opened = gates(sides.inputs[:, :, bins], sides.evidence[:, bins])
    apart = sides.target[bins] - _estimate(opened, sides, bins)
    error = apart.real.square() + apart.imag.square()
    return (error * sides.weight[bins]).sum()
