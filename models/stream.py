"""Runs a trained network on a stream: a hop of samples in, a hop of samples out."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from dsp.stream import Analysis, Synthesis
from models.enhancer import Enhancer
from models.networks.network import CausalNetwork


class State(NamedTuple):
    """The state of a stream: tensors only, of constant shapes."""

    analysis: Tensor
    level: Any
    network: Any
    synthesis: Tensor


class Stream:
    """Runs `enhancer` hop by hop; the result equals that for the whole signal.

    The output is one hop behind the input. A sample is complete at the end of the frame that begins
    one hop before it, so at most one window later. Raises ValueError for a network that is not
    causal, and for a transform whose hop is not half of its window.
    """

    def __init__(self, enhancer: Enhancer):
        if not isinstance(enhancer.network, CausalNetwork):
            raise ValueError(
                f"{type(enhancer.network).__name__} looks ahead: it needs the whole signal"
            )
        self.enhancer = enhancer.eval()
        self.analysis = Analysis(enhancer.stft)
        self.synthesis = Synthesis(enhancer.stft)

    @property
    def hop(self) -> int:
        """Samples of a step, in and out."""
        return self.enhancer.stft.hop

    @property
    def latency(self) -> int:
        """Samples from an input sample to the last output sample that depends on it: one window."""
        return self.enhancer.stft.length

    def initial_state(self, batch: int) -> State:
        """The state before the first sample."""
        return State(
            self.analysis.initial_state(batch),
            self.enhancer.level.initial_state(batch),
            self.enhancer.network.initial_state(batch),
            self.synthesis.initial_state(batch),
        )

    @torch.no_grad()
    def advance(self, samples: Tensor, state: State) -> tuple[Tensor, State]:
        """The next samples, one hop behind, and the state to carry on.

        Shapes: [batch, hops * hop] -> the same. The first hop of output lies before the signal.
        """
        spectrum, analysis = self.analysis.advance(samples, state.analysis)
        enhanced, level, network = self.frames(spectrum, state.level, state.network)
        out, synthesis = self.synthesis.advance(enhanced, state.synthesis)
        return out, State(analysis, level, network, synthesis)

    def frames(self, spectrum: Tensor, level: Any, network: Any) -> tuple[Tensor, Any, Any]:
        """The enhanced spectrum of the next frames, and the states of level and network.

        Shapes: [batch, freq, frame] -> the same, complex.
        """
        enhancer = self.enhancer
        measured, level = enhancer.level.advance(spectrum.abs(), level)
        components = enhancer.target.components(spectrum / measured)
        estimates, network = enhancer.network.advance(components, network)
        estimate = enhancer.network.final(estimates)
        return enhancer.audible(estimate, spectrum, measured), level, network

    def blocks(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Enhance a whole signal in blocks of any sizes, in little memory and without delay.

        Shapes: [batch, time] each -> [batch, time] each; their sizes differ, their sum does not.
        Without blocks, or with empty blocks, no block comes out.
        """
        state, waiting, time, given = None, None, 0, -self.hop
        for block in blocks:
            state = state or self.initial_state(len(block))
            waiting = block if waiting is None else torch.cat((waiting, block), -1)
            time += block.shape[-1]
            whole = waiting.shape[-1] // self.hop * self.hop
            if whole:
                out, state = self.advance(waiting[:, :whole], state)
                waiting = waiting[:, whole:]
                yield out[:, max(0, -given) :]
                given += whole
        if time:
            yield from self._end(waiting, state, time, given)

    def _end(self, waiting: Tensor, state: State, time: int, given: int) -> Iterator[Tensor]:
        """The rest of a signal of `time` samples after the first `given` samples."""
        stft = self.enhancer.stft
        done = given // self.hop + 1  # frames
        missing = int(stft.frames(time)) - done
        rest = pad(waiting, (0, missing * self.hop - waiting.shape[-1]))
        if missing:
            out, state = self.advance(rest, state)
            yield out[:, max(0, -given) : time - given]
            given += missing * self.hop
        if given < time:
            yield self.synthesis.rest(state.synthesis)[:, : time - given]
