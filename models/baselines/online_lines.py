"""The causal line enhancer for streams: window by window, from the past alone."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from dsp.hann import hann_window
from models.baselines.adam import Adam
from models.baselines.coherence import GAP, Memory, turned_back
from models.baselines.line_gates import LineGates
from models.baselines.line_sides import (
    NEAR,
    Sides,
    believed,
    error,
    estimate,
    lines_kept,
    sides_of,
)
from models.baselines.predictor import CELLS, require_known, require_signal
from models.baselines.spectral_lines import noise_floor
from models.system import Enhancing

ONE_SIDED = [cell for cell in CELLS if cell != "bilstm"]
OVERLAPS = 1.5  # the sum of squared overlapping windows
HELD_S = 3.0  # a gate stays open after a line was there


class OnlineLineEnhancer(Enhancing):
    """`LineEnhancer` for a signal that arrives block by block; later samples change no output.

    An update of Adam tunes its network on each window, after the window has been enhanced. The
    state is carried on. Options: as for `LineEnhancer`; cell: a cell that sees only the past.
    Raises ValueError for an unknown cell, options out of range, and in `enhance` a constant signal.
    """

    def __init__(
        self,
        sample_rate: int,
        cell: str = "lstm",
        frame_s: float = 2.0,
        memories_s: Sequence[float] = (1.0, 3.0, 12.0),
        hidden: int = 4,
        learning_rate: float = 0.01,
        limit_db: float = 60.0,
        seed: int = 0,
    ):
        super().__init__(sample_rate)
        require_known("cell", cell, ONE_SIDED)
        self.hop = round(frame_s * sample_rate / GAP)
        is_framed = self.hop > 0 and memories_s and min(memories_s) > 0
        is_learning = hidden > 0 and learning_rate >= 0
        if not (is_framed and is_learning and 0 < limit_db <= 100):
            raise ValueError(
                f"frame_s={frame_s:g}, memories_s={list(memories_s)}, hidden={hidden}, "
                f"learning_rate={learning_rate:g}, limit_db={limit_db:g}: all must be above 0 "
                "(learning_rate may be), and limit_db at most 100"
            )
        self.cell = cell
        self.frame_s = frame_s
        self.memories = [GAP * memory_s / frame_s for memory_s in memories_s]
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.limit_db = limit_db
        self.seed = seed

    @property
    def latency(self) -> int:
        """The longest delay of a sample in `blocks`, in samples: one window."""
        return GAP * self.hop

    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhance each mixture as `blocks` does: [batch, time] -> [batch, time]."""
        for signal in mixture:
            require_signal(signal)
        return torch.cat(list(self.blocks([mixture])), -1)

    def blocks(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Enhance a signal in blocks of any sizes, without delay and each channel by itself.

        Shapes: [channel, time] each -> [channel, time] each; their sizes differ, their sum does
        not. Without blocks, or with empty blocks, no block comes out.
        """
        lines, waiting, taken, given = [], None, 0, -(GAP - 1) * self.hop
        for block in blocks:
            lines = lines or [OnlineLines(self) for _ in block]
            waiting = block if waiting is None else torch.cat((waiting, block), -1)
            taken += block.shape[-1]
            while waiting.shape[-1] >= self.hop:
                out = self._advance(lines, waiting[:, : self.hop])
                waiting = waiting[:, self.hop :]
                if given >= 0:  # earlier output lies before the signal
                    yield out
                given += self.hop
        while given < taken:  # silence after the end flushes the rest
            rest = torch.zeros(len(lines), self.hop).to(waiting)
            rest[:, : waiting.shape[-1]] = waiting
            waiting = waiting[:, :0]
            out = self._advance(lines, rest)
            if given >= 0:
                yield out[:, : taken - given]
            given += self.hop

    def _advance(self, lines: "Sequence[OnlineLines]", samples: Tensor) -> Tensor:
        made = [one.advance(channel) for one, channel in zip(lines, samples, strict=True)]
        return torch.stack(made).to(samples)


class OnlineLines:
    """The state of an `OnlineLineEnhancer` for one signal."""

    def __init__(self, enhancer: OnlineLineEnhancer):
        self.enhancer = enhancer
        hop = enhancer.hop
        freqs = 2 * hop + 1
        self.window = hann_window(hop, torch.float32)
        self.memories = [Memory(freqs, memory) for memory in enhancer.memories]
        inputs = (2 * NEAR + 1) * len(self.memories)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(enhancer.seed)
            self.gates = LineGates(enhancer.cell, inputs, enhancer.hidden, len(self.memories))
        self.optimizer = Adam(self.gates.parameters(), enhancer.learning_rate)
        self.state: Any = None
        held = round(HELD_S * enhancer.sample_rate / hop)
        self.opened: deque[Tensor] = deque(maxlen=held + 1)
        self.frame = 0
        self.latest = torch.zeros((GAP - 1) * hop)
        self.ahead = torch.zeros(GAP * hop)

    def advance(self, samples: Tensor) -> Tensor:
        """The next hop of samples, three hops behind: [time] -> [time]."""
        hop = self.enhancer.hop
        heard = torch.cat((self.latest, samples.float()))
        self.latest = heard[hop:]
        spectrum = torch.fft.rfft(self.window * heard).unsqueeze(-1)
        kept = self._enhanced(spectrum).squeeze(-1)
        self.ahead += self.window * torch.fft.irfft(kept) / OVERLAPS
        done = self.ahead[:hop]
        self.ahead = torch.cat((self.ahead[hop:], torch.zeros(hop)))
        return done

    def _enhanced(self, spectrum: Tensor) -> Tensor:
        """The next window: [freq, 1], complex."""
        target = turned_back(spectrum.numpy(), self.frame)
        self.frame += 1
        past = [memory.advance(target) for memory in self.memories]
        power = torch.from_numpy(past[-1].power[:, 0])
        floor = noise_floor(power, self.enhancer.frame_s)[:, None].numpy()
        sides = sides_of(target, floor, [past])
        opened, self.state = self.gates.advance(sides.inputs[0], sides.evidence, self.state)
        if self.frame > GAP:
            self._learn(opened, sides)
        self.opened.append(believed(opened.detach(), sides, slice(None)))
        held = torch.stack(tuple(self.opened)).amax(0)
        predicted = estimate(held, sides, slice(None))
        return lines_kept(predicted, spectrum, self.enhancer.limit_db)

    def _learn(self, opened: Tensor, sides: Sides) -> None:
        """One update on the predicted window."""
        heard = sides.target.abs().square()
        weight = 1 / (1 / sides.weight + heard)  # a sudden onset counts no more than the rest
        loss = error(opened, sides._replace(weight=weight), slice(None), torch.ones(len(weight)))
        loss.backward()
        self.optimizer.step()
