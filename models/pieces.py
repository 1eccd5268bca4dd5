"""Enhances a signal of any length block by block, in as little memory as the network allows."""

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from models.enhancer import Enhancer
from models.networks.network import CausalNetwork
from models.stream import Stream

LEAST = 1024  # frames that are enhanced at once


def in_blocks(enhancer: Enhancer, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
    """The enhanced blocks of a signal, without delay; their sizes differ, their sum does not.

    A causal network carries its state from block to block. A network that looks ahead by a limited
    number of frames (`Network.reach`) gets overlapping pieces. Any other network, and a causal
    network whose transform has a hop other than half of its window, gets the whole signal. The
    result always equals `Enhancer.enhance` of the whole signal.

    Shapes: [batch, time] each -> [batch, time] each.
    """
    way = _way(enhancer)
    return _whole(enhancer, blocks) if way is None else way.blocks(blocks)


def held_back(enhancer: Enhancer) -> int | None:
    """The longest delay of a sample in `in_blocks`, in samples; None: it needs the whole signal."""
    way = _way(enhancer)
    return None if way is None else way.latency


def _way(enhancer: Enhancer) -> "Stream | Pieces | None":
    """The processor of a signal in blocks; None where the whole signal is needed at once."""
    stft = enhancer.stft
    if isinstance(enhancer.network, CausalNetwork) and stft.length == 2 * stft.hop:
        return Stream(enhancer)
    if enhancer.network.reach is not None:
        return Pieces(enhancer, enhancer.network.reach)
    return None


def _whole(enhancer: Enhancer, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
    signal = list(blocks)
    if signal:
        yield enhancer.enhance(torch.cat(signal, -1))


class Pieces:
    """Enhances overlapping pieces, by a network whose estimates depend on `reach` frames.

    The kept part of a piece lies so far from its ends that it equals that of the whole signal. So
    no cross-fade is needed. The state of the level is carried from piece to piece.
    """

    def __init__(self, enhancer: Enhancer, reach: int):
        self.enhancer = enhancer.eval()
        self.hop = enhancer.stft.hop
        self.margin = enhancer.stft.length // (2 * self.hop) + 1  # frames that cross an end
        # On either side of the kept part, a multiple of the network's windows.
        self.context = reach * -(-(reach + 2 * self.margin) // reach)
        self.kept = reach * -(-max(LEAST, self.context + reach) // reach)

    @property
    def latency(self) -> int:
        """The most samples of a piece: all must have arrived before its first one is enhanced."""
        return (self.context + self.kept + self.context + 2 * self.margin) * self.hop

    @torch.no_grad()
    def blocks(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """The enhanced signal, see `in_blocks`."""
        held, begin, first, level = None, 0, 0, None  # held: the samples from `begin` on
        for block in blocks:
            held = block if held is None else torch.cat((held, block), -1)
            level = level or self.enhancer.level.initial_state(len(block))
            while begin + held.shape[-1] >= self._stop(first):
                piece = held[:, : self._stop(first) - begin]
                out, level = self._enhanced(piece, begin, first, level)
                yield out[:, : self.kept * self.hop]
                first += self.kept
                later = self._begin(first)
                held, begin = held[:, later - begin :], later
        if held is not None and held.shape[-1]:
            yield self._enhanced(held, begin, first, level)[0]

    def _begin(self, first: int) -> int:
        """The first sample that the kept part from frame `first` on needs."""
        return max(0, first - self.context - self.margin) * self.hop

    def _stop(self, first: int) -> int:
        """The sample after the last sample that this part needs."""
        return (first + self.kept + self.context + self.margin) * self.hop

    def _enhanced(self, piece: Tensor, begin: int, first: int, level: Any) -> tuple[Tensor, Any]:
        """The samples from frame `first` to the end of a piece, and the state of the level.

        That is the state before the first frame of the next piece.
        """
        enhancer, hop = self.enhancer, self.hop
        start = max(0, first - self.context)  # the piece's first frame within the signal
        spectrum = enhancer.stft(piece)[..., start - begin // hop :]
        own = max(0, first + self.kept - self.context) - start  # frames before the next piece
        magnitude = spectrum.abs()
        early, level = enhancer.level.advance(magnitude[..., :own], level)
        late, _ = enhancer.level.advance(magnitude[..., own:], level)
        relative = torch.cat((early, late), -1)
        estimates = enhancer.network(enhancer.target.components(spectrum / relative))
        estimate = enhancer.network.final(estimates)
        enhanced = enhancer.audible(estimate, spectrum, relative)
        samples = begin + piece.shape[-1] - start * hop
        return enhancer.stft.inverse(enhanced, samples)[:, (first - start) * hop :], level
