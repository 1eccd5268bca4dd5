"""The unsupervised line predictor: a small recurrent network trained on the very signal that it enhances.

Frames of the signal are predicted from frames a delay older. What lasts can be predicted, noise cannot (Bi-LSTM line
enhancement paper, section III).
"""

from collections.abc import Collection
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.system import Enhancing

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, "bilstm": nn.LSTM}


class Predictor(nn.Module):
    """One recurrent layer and an affine one: [frame, time] -> [frame, time].

    initial: "zero", an output that starts from nothing and so holds what was learned and no more, or "default",
    PyTorch's random weights, whose output a weak tone must first outgrow.
    """

    def __init__(self, cell: str, samples: int, hidden: int, initial: str):
        super().__init__()
        both = cell == "bilstm"
        self.recurrent = CELLS[cell](samples, hidden, bidirectional=both)
        self.affine = nn.Linear(hidden * (1 + both), samples)
        if initial == "zero":
            nn.init.zeros_(self.affine.weight)
            nn.init.zeros_(self.affine.bias)

    def forward(self, frames: Tensor) -> Tensor:
        """Predictions of all frames."""
        return self.affine(self.recurrent(frames)[0])


class OnlineState(NamedTuple):
    """What one block leaves for the next: the network and its optimiser as they stand, the latest samples [time]."""

    predictor: Predictor
    optimizer: torch.optim.Optimizer
    samples: Tensor


class LinePredictor(Enhancing):
    """Enhances tones by predicting frames of `frame_s` from frames `delay_s` older; see the module.

    hop_s: from frame to frame, None for frames side by side; predictions that overlap are averaged. updates: of Adam at
    `learning_rate` over all frames, on half the summed squared error. scaled: the signal is brought to a mean power of
    1 and the network's input to one of 1 / frame, so that neither the updates nor the gates depend on the level.
    Raises ValueError for an unknown cell or start, options out of range, and a signal that cannot be enhanced.
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
        _require_known("cell", cell, CELLS)
        _require_known("initial", initial, ("zero", "default"))
        self.frame, self.delay = round(frame_s * sample_rate), round(delay_s * sample_rate)
        self.hop = self.frame if hop_s is None else round(hop_s * sample_rate)
        if not (
            0 < self.hop <= self.frame
            and self.delay > 0
            and hidden > 0
            and updates >= 0
            and learning_rate > 0
        ):
            raise ValueError(
                f"frame_s={frame_s:g}, hop_s={hop_s}, delay_s={delay_s:g}, hidden={hidden}, updates={updates}, "
                f"learning_rate={learning_rate:g}: all must be above 0, and the hop no longer than the frame"
            )
        self.cell, self.hidden, self.updates = cell, hidden, updates
        self.learning_rate, self.initial, self.scaled, self.seed = (
            learning_rate,
            initial,
            scaled,
            seed,
        )

    def enhance(self, mixture: Tensor) -> Tensor:
        """Each mixture by a network of its own: [batch, time] -> [batch, time]."""
        return torch.stack([self.apply(self.train(signal), signal) for signal in mixture])

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
        """What a trained network predicts of one mixture: [time] -> [time]."""
        delayed, frames = self._frames(mixture)
        predicted = predictor(delayed) * self._level(mixture)
        whole = self._joined(predicted) / self._joined(torch.ones_like(frames))
        return whole[: mixture.shape[-1]].to(mixture)

    def advance(self, block: Tensor, state: OnlineState | None) -> tuple[Tensor, OnlineState]:
        """The next frame's worth of samples of a longer signal, tuned on all frames of the last delay and this one.

        Causal: nothing later than the block is used. Raises ValueError for a block of another length than a frame.
        """
        if block.shape != (self.frame,):
            raise ValueError(
                f"a block of {tuple(block.shape)} samples: must be one frame of {self.frame}"
            )
        predictor, optimizer = (state.predictor, state.optimizer) if state else self._new()
        samples = torch.cat([state.samples, block]) if state else block
        delayed, frames = self._frames(samples)
        if samples.any():
            for _ in range(self.updates):
                self._update(predictor, optimizer, delayed, frames)
        with torch.no_grad():
            enhanced = predictor(delayed)[-1] * self._level(samples)
        kept = samples[-(self.delay // self.frame + 2) * self.frame :]
        return enhanced.to(block), OnlineState(predictor, optimizer, kept)

    def _new(self) -> tuple[Predictor, torch.optim.Optimizer]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            predictor = Predictor(self.cell, self.frame, self.hidden, self.initial)
        return predictor, torch.optim.Adam(predictor.parameters(), self.learning_rate)

    @staticmethod
    def _update(
        predictor: Predictor, optimizer: torch.optim.Optimizer, delayed: Tensor, frames: Tensor
    ) -> None:
        optimizer.zero_grad()
        loss = 0.5 * (predictor(delayed) - frames).square().sum()
        loss.backward()
        optimizer.step()

    def _frames(self, mixture: Tensor) -> tuple[Tensor, Tensor]:
        """Frames of the signal a delay ago, as the network sees them, and frames of the signal: [frame, time] each."""
        signal = mixture.float() / self._level(mixture)
        older = torch.cat([signal.new_zeros(self.delay), signal])[: len(signal)]
        missing = -(len(signal) - self.frame) % self.hop
        delayed, frames = (
            nn.functional.pad(samples, (0, missing)).unfold(0, self.frame, self.hop)
            for samples in (older, signal)
        )
        return delayed / self.frame**0.5 if self.scaled else delayed, frames

    def _level(self, mixture: Tensor) -> Tensor:
        return (
            mixture.float().square().mean().sqrt().clamp_min(1e-12)
            if self.scaled
            else torch.tensor(1.0)
        )

    def _joined(self, frames: Tensor) -> Tensor:
        """Overlapping frames [frame, time] added up: [time]."""
        length = (len(frames) - 1) * self.hop + self.frame
        return nn.functional.fold(
            frames.T[None], (1, length), (1, self.frame), stride=(1, self.hop)
        )[0, 0, 0]

    def _require_usable(self, mixture: Tensor) -> None:
        needed = self.delay + 2 * self.frame
        if len(mixture) < needed:
            raise ValueError(
                f"{len(mixture) / self.sample_rate:.3g} s are shorter than the delay and two frames, "
                f"{needed / self.sample_rate:.3g} s; record longer, or choose a shorter delay_s or frame_s"
            )
        if not torch.isfinite(mixture).all():
            raise ValueError("the mixture holds NaN or infinite samples; repair the recording")
        if mixture.min() == mixture.max():
            raise ValueError(
                "the mixture is constant, there is nothing to predict; check the recording"
            )


def _require_known(option: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise ValueError(f"{option}={value!r}: must be one of {', '.join(known)}")
