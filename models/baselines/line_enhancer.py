"""The line enhancer on the spectrogram: steady lines are kept, the rest is attenuated.

After the Bi-LSTM line enhancement paper, with the spectra of long windows in place of frames of
samples: a recurrent network that is trained on the very signal predicts each bin of a window from
windows before and after it that share no sample with it.
"""

from collections.abc import Sequence
from math import log

import torch
from torch import Tensor
from torch.nn.functional import max_pool1d

from dsp.hann import hann_signal, hann_spectrum
from models.baselines.adam import Adam
from models.baselines.coherence import GAP, predict, turned_back
from models.baselines.line_gates import LineGates
from models.baselines.line_sides import (
    Sides,
    backwards,
    believed,
    error,
    estimate,
    lines_kept,
    sides_of,
)
from models.baselines.predictor import CELLS, require_known, require_signal
from models.baselines.spectral_lines import noise_floor
from models.system import Enhancing

HELD_S = 3.0  # a gate stays open before and after a line was there


class LineEnhancer(Enhancing):
    """Keeps lines of any frequency; see the module.

    frame_s: the length of the windows of its spectra. memories_s: the times over which the weight
    of the past falls to 1/e; each gives a prediction. cell: "bilstm" sees the past and the future,
    other cells only the past. updates: the number of Adam's updates at `learning_rate`, on the
    `bins` with the most evidence and as many others. limit_db: the largest attenuation, see
    `lines_kept`. A signal longer than three `piece_s` is enhanced in pieces, with half a piece more
    on either side.

    Raises ValueError for an unknown cell, options out of range, and a signal that cannot be
    enhanced.
    """

    def __init__(
        self,
        sample_rate: int,
        cell: str = "bilstm",
        frame_s: float = 2.0,
        memories_s: Sequence[float] = (1.0, 4.0, 30.0),
        hidden: int = 4,
        updates: int = 30,
        learning_rate: float = 0.03,
        bins: int = 128,
        limit_db: float = 60.0,
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
        """Enhance each mixture by a separate network: [batch, time] -> [batch, time]."""
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
        kept = lines_kept(predicted, spectrum, self.limit_db)
        return hann_signal(kept, self.hop, mixture.shape[-1]).to(mixture)

    def _require_usable(self, mixture: Tensor) -> None:
        shortest = 2 * GAP * self.hop
        if len(mixture) < shortest:
            raise ValueError(
                f"{len(mixture) / self.sample_rate:.3g} s are shorter than two windows, "
                f"{shortest / self.sample_rate:.3g} s; record longer, or choose a shorter frame_s"
            )
        require_signal(mixture)

    def sides(self, spectrum: Tensor) -> Sides:
        """The inputs of the network for a signal with this `spectrum` [freq, frame]."""
        target = turned_back(spectrum.numpy())
        averaged = spectrum.abs().square().mean(-1)
        floor = noise_floor(averaged, self.frame_s)[:, None].numpy()
        seen = [[predict(target, memory) for memory in self.memories]]
        if self.cell == "bilstm":
            future = [predict(target[:, ::-1], memory) for memory in self.memories]
            seen.append([backwards(one) for one in future])
        return sides_of(target, floor, seen)

    def train(self, sides: Sides) -> LineGates:
        """The network trained on one signal."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            inputs = sides.inputs.shape[-1]
            gates = LineGates(self.cell, inputs, self.hidden, len(self.memories))
            optimizer = Adam(gates.parameters(), self.learning_rate)
            order = sides.evidence.amax((0, 2)).argsort(descending=True)
            for _ in range(self.updates):
                ranks, times = self._drawn(len(order))
                bins = order[ranks]
                opened = self._opened(gates, sides, bins)
                (error(opened, sides, bins, times) / self.bins).backward()
                optimizer.step()
        return gates

    def _drawn(self, count: int) -> tuple[Tensor, Tensor]:
        """The bins of an update, by rank of evidence among `count`, and the weight of each.

        All bins with the most evidence are drawn. The others are drawn more rarely the less
        evidence they have.
        """
        most = torch.arange(min(self.bins, count))
        if count <= self.bins:
            return most, torch.ones(count)
        span = count / self.bins
        drawn = (most + torch.rand(self.bins)) / self.bins  # one in each part
        ranks = self.bins * span**drawn
        times = ranks * log(span) / self.bins
        others = ranks.long().clamp_max(count - 1)
        return torch.cat((most, others)), torch.cat((torch.ones(self.bins), times))

    @torch.no_grad()
    def predicted(self, gates: LineGates, sides: Sides) -> Tensor:
        """The prediction of a trained network: [freq, frame], complex.

        A gate stays open for HELD_S before and after a line was there.
        """
        bins = sides.above_noise.any(1).nonzero().flatten()
        learned = self._opened(gates, sides, bins)
        opened = believed(learned, sides, bins)
        held = round(HELD_S * self.sample_rate / self.hop)
        opened = max_pool1d(opened, 2 * held + 1, stride=1, padding=held)
        return estimate(opened, sides, slice(None))

    def _opened(self, gates: LineGates, sides: Sides, bins: Tensor) -> Tensor:
        """The gates of `bins`, which may be empty: [prediction, bin, frame]."""
        if not len(bins):
            return sides.weight.new_zeros(len(sides.predictions), 0, sides.weight.shape[1])
        return gates(sides.inputs.index_select(2, bins), sides.evidence.index_select(1, bins))
