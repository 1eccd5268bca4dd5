"""The unsupervised line predictor: a recurrent network trained on the very signal that it enhances.

It predicts frames of the signal from frames that are older by a delay. Tones can be predicted,
noise cannot (Bi-LSTM line enhancement paper, section III).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.baselines.adam import Adam
from models.baselines.predictor import CELLS, INITIALS, Predictor, require_known, require_signal
from models.system import Enhancing


class OnlineState(NamedTuple):
    """The state between two blocks: the network, the optimiser, and the latest samples [time]."""

    predictor: Predictor
    optimizer: Adam
    samples: Tensor


class LinePredictor(Enhancing):
    """Enhances tones by predicting frames of `frame_s` from frames `delay_s` older; see the module.

    hop_s: the hop of frames, None for frames without overlap; overlapping predictions are averaged.
    updates: the number of Adam's updates at `learning_rate` over all frames, on half the summed
    squared error. scaled: the signal is scaled to a mean power of 1, and the network's input to a
    mean power of 1 / frame, so that updates and gates do not depend on the level. Raises ValueError
    for an unknown cell or start, options out of range, and a signal that cannot be enhanced.
    """

    def __init__(
        self,
        sample_rate: int,
        cell: str = "bilstm",
        frame_s: float = 2.0,
        hop_s: float | None = None,
        delay_s: float = 2.0,
        hidden: int = 4,
        updates: int = 300,
        learning_rate: float = 1e-5,
        initial: str = "default",
        scaled: bool = False,
        seed: int = 0,
    ):
        super().__init__(sample_rate)
        require_known("cell", cell, CELLS)
        require_known("initial", initial, INITIALS)
        self.frame = round(frame_s * sample_rate)
        self.delay = round(delay_s * sample_rate)
        self.hop = self.frame if hop_s is None else round(hop_s * sample_rate)
        is_framed = 0 < self.hop <= self.frame and self.delay > 0
        is_learning = hidden > 0 and updates >= 0 and learning_rate > 0
        if not (is_framed and is_learning):
            raise ValueError(
                f"frame_s={frame_s:g}, hop_s={hop_s}, delay_s={delay_s:g}, hidden={hidden}, "
                f"updates={updates}, learning_rate={learning_rate:g}: all must be above 0, "
                "and the hop no longer than the frame"
            )
        self.cell = cell
        self.hidden = hidden
        self.updates = updates
        self.learning_rate = learning_rate
        self.initial = initial
        self.scaled = scaled
        self.seed = seed

    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhance each mixture by a separate network: [batch, time] -> [batch, time]."""
        enhanced = []
        for signal in mixture:
            predictor = self.train(signal)
            enhanced.append(self.apply(predictor, signal))
        return torch.stack(enhanced)

    def train(self, mixture: Tensor) -> Predictor:
        """The network trained on one mixture [time]."""
        self._require_usable(mixture)
        predictor, optimizer = self._new()
        delayed, frames = self._frames(mixture)
        for _ in range(self.updates):
            self._update(predictor, optimizer, delayed, frames)
        return predictor

    @torch.no_grad()
    def apply(self, predictor: Predictor, mixture: Tensor) -> Tensor:
        """The prediction of a trained network for one mixture: [time] -> [time]."""
        delayed, frames = self._frames(mixture)
        predicted = predictor(delayed) * self._level(mixture)
        overlaps = self._joined(torch.ones_like(frames))
        enhanced = self._joined(predicted) / overlaps
        return enhanced[: mixture.shape[-1]].to(mixture)

    def advance(self, block: Tensor, state: OnlineState | None) -> tuple[Tensor, OnlineState]:
        """The enhanced samples of the next frame of a longer signal, and the new state.

        The network is tuned on all frames of the last delay and on this frame. It is causal: no
        sample after the block is used. Raises ValueError for a block that is not a frame long.
        """
        if block.shape != (self.frame,):
            raise ValueError(
                f"a block of {tuple(block.shape)} samples: must be one frame of {self.frame}"
            )
        if state is None:
            predictor, optimizer = self._new()
            samples = block
        else:
            predictor, optimizer, samples = state
            samples = torch.cat([samples, block])
        delayed, frames = self._frames(samples)
        if samples.any():
            for _ in range(self.updates):
                self._update(predictor, optimizer, delayed, frames)
        with torch.no_grad():
            latest = predictor(delayed)[-1]
        enhanced = latest * self._level(samples)
        frames_kept = self.delay // self.frame + 2
        latest_samples = samples[-frames_kept * self.frame :]
        return enhanced.to(block), OnlineState(predictor, optimizer, latest_samples)

    def _new(self) -> tuple[Predictor, Adam]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            predictor = Predictor(self.cell, self.frame, self.hidden, self.initial)
        optimizer = Adam(predictor.parameters(), self.learning_rate)
        return predictor, optimizer

    @staticmethod
    def _update(predictor: Predictor, optimizer: Adam, delayed: Tensor, frames: Tensor) -> None:
        error = predictor(delayed) - frames
        loss = 0.5 * error.square().sum()
        loss.backward()
        optimizer.step()

    def _frames(self, mixture: Tensor) -> tuple[Tensor, Tensor]:
        """The network's input, delayed frames of the signal, and the frames of the signal.

        Shapes: [time] -> [frame, time] each.
        """
        signal = mixture.float() / self._level(mixture)
        silence = signal.new_zeros(self.delay)
        older = torch.cat([silence, signal])[: len(signal)]
        delayed = self._cut(older)
        if self.scaled:
            delayed = delayed / self.frame**0.5
        return delayed, self._cut(signal)

    def _cut(self, signal: Tensor) -> Tensor:
        """Overlapping frames, the last padded with zeros: [time] -> [frame, time]."""
        missing = -(len(signal) - self.frame) % self.hop
        padded = nn.functional.pad(signal, (0, missing))
        return padded.unfold(0, self.frame, self.hop)

    def _level(self, mixture: Tensor) -> Tensor:
        if not self.scaled:
            return torch.tensor(1.0)
        mean_power = mixture.float().square().mean()
        return mean_power.sqrt().clamp_min(1e-12)

    def _joined(self, frames: Tensor) -> Tensor:
        """The sum of overlapping frames: [frame, time] -> [time]."""
        length = (len(frames) - 1) * self.hop + self.frame
        joined = nn.functional.fold(
            frames.T[None],
            output_size=(1, length),
            kernel_size=(1, self.frame),
            stride=(1, self.hop),
        )
        return joined[0, 0, 0]

    def _require_usable(self, mixture: Tensor) -> None:
        shortest = self.delay + 2 * self.frame
        if len(mixture) < shortest:
            seconds = len(mixture) / self.sample_rate
            shortest_s = shortest / self.sample_rate
            raise ValueError(
                f"{seconds:.3g} s are shorter than the delay and two frames, "
                f"{shortest_s:.3g} s; record longer, or choose a shorter delay_s or frame_s"
            )
        require_signal(mixture)
