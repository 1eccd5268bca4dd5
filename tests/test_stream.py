"""Piece by piece as at once: transform, level and network of every causal option."""

import itertools

import pytest
import torch
from narrow_networks import LEVELS, NETWORKS, TARGETS, make_target, narrowed, node

from dsp.stft import STFT, WINDOWS
from dsp.stream import Analysis, Synthesis
from models.enhancer import Enhancer
from models.level import Level
from models.networks.network import CausalNetwork, Network
from models.stream import Stream
from options.build import build

RATE, HOP = 8000, 80
KINDS = list(zip(TARGETS, itertools.cycle(LEVELS), strict=False))
every_window = pytest.mark.parametrize("window", WINDOWS)


def randn(*shape, seed=0):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def enhancer(network, target="iam", level="running", window="hamming", stft=None):
    def made(freqs, target):
        described = narrowed(node("network", network))
        return build(described, Network, freqs=freqs, target=target)

    torch.manual_seed(0)
    parts = make_target(target), made, build(node("level", level), Level, within="models.level")
    whole = Enhancer(stft or STFT(RATE, window=window), *parts)
    whole.train()
    with torch.no_grad():  # running statistics of data: the initial ones hide mistakes
        whole.network(whole.target.components(whole.stft(10 * randn(2, 20 * HOP))))
    return whole.eval()


def stream(*made, **options):
    """As a stream; skips the test where the network needs the whole signal."""
    whole = enhancer(*made, **options)
    if not isinstance(whole.network, CausalNetwork):
        pytest.skip(f"network={made[0]} is not causal")
    return Stream(whole)


def tensors(state):
    if isinstance(state, torch.Tensor):
        return [state]
    parts = state.values() if isinstance(state, dict) else state
    return [tensor for part in parts for tensor in tensors(part)]


def blocks_of(signal, sizes):
    """`signal` in blocks whose sizes go round."""
    blocks, at, number = [], 0, 0
    while at < signal.shape[-1]:
        size = sizes[number % len(sizes)]
        blocks.append(signal[..., at : at + size])
        at, number = at + size, number + 1
    return blocks


@every_window
@pytest.mark.parametrize("sizes", [[1], [3, 1, 4], [20]])
def test_the_frames_of_the_pieces_are_those_of_the_whole(window, sizes):
    analysis, signal = Analysis(STFT(RATE, window=window)), randn(2, 20 * HOP)
    state, pieces = analysis.initial_state(2), []
    for block in blocks_of(signal, [size * HOP for size in sizes]):
        spectrum, state = analysis.advance(block, state)
        pieces.append(spectrum)
    whole = analysis.stft(signal)[..., :20]
    torch.testing.assert_close(torch.cat(pieces, -1), whole, atol=1e-5, rtol=0)


@every_window
def test_frame_by_frame_the_signal_comes_back_one_hop_later(window):
    synthesis, signal = Synthesis(STFT(RATE, window=window)), randn(2, 10 * HOP)
    state, pieces = synthesis.initial_state(2), []
    for frame in synthesis.stft(signal).split(1, -1):
        samples, state = synthesis.advance(frame, state)
        pieces.append(samples)
    joined = torch.cat(pieces, -1)
    torch.testing.assert_close(joined[:, HOP:], signal, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("target", "level"), KINDS)
@pytest.mark.parametrize("network", NETWORKS)
def test_hop_by_hop_a_signal_is_enhanced_as_at_once(network, target, level):
    streamed, mixture = stream(network, target, level), randn(2, 6 * HOP + 17)
    streamed.enhancer.mixture_share = 0.25
    whole = streamed.enhancer.enhance(mixture)
    state, pieces = streamed.initial_state(2), []
    for block in mixture[:, : 6 * HOP].split(HOP, -1):
        samples, after = streamed.advance(block, state)
        assert samples.shape == block.shape
        shapes = [(tensor.shape, tensor.dtype) for tensor in tensors(state)]
        assert shapes == [(tensor.shape, tensor.dtype) for tensor in tensors(after)]
        pieces.append(samples)
        state = after
    joined = torch.cat(pieces, -1)[:, HOP:]
    full_scale = max(1.0, float(whole.abs().max()))  # untrained noise models go far above it
    torch.testing.assert_close(joined, whole[:, : 5 * HOP], atol=1e-5 * full_scale, rtol=0)


@every_window
@pytest.mark.parametrize("time", [1, HOP - 1, HOP, HOP + 1, 4 * HOP - 1])
@pytest.mark.parametrize("sizes", [[1], [7, 1, 333], [10_000]])
def test_blocks_of_any_size_give_the_whole_signal_to_the_sample(window, time, sizes):
    streamed = stream("pl_crnn", window=window)
    mixture = randn(1, time, seed=time)
    given = list(streamed.blocks(blocks_of(mixture, sizes)))
    whole = streamed.enhancer.enhance(mixture)
    torch.testing.assert_close(torch.cat(given, -1), whole, atol=1e-5, rtol=0)


def test_a_signal_without_samples_gives_none():
    streamed = stream("pl_crnn")
    assert list(streamed.blocks([])) == []
    assert list(streamed.blocks([torch.zeros(1, 0)])) == []


def test_what_comes_out_never_waits_longer_than_one_window():
    streamed, taken = stream("pl_crnn"), []

    def source():
        for block in randn(1, 10 * HOP).split(HOP, -1):
            taken.append(block.shape[-1])
            yield block

    given = 0
    for block in streamed.blocks(source()):
        given += block.shape[-1]
        assert sum(taken) - given <= streamed.latency - HOP
    assert given == 10 * HOP


def test_the_state_of_before_stays_as_it_was():
    streamed, mixture = stream("pl_crnn"), randn(1, 4 * HOP)
    _, state = streamed.advance(mixture[:, : 2 * HOP], streamed.initial_state(1))
    first, _ = streamed.advance(mixture[:, 2 * HOP :], state)
    again, _ = streamed.advance(mixture[:, 2 * HOP :], state)
    assert torch.equal(first, again)


def test_a_network_that_looks_ahead_is_refused():
    with pytest.raises(ValueError, match="UNet looks ahead: it needs the whole signal"):
        Stream(enhancer("unet"))


def test_another_hop_than_half_of_the_window_is_refused():
    with pytest.raises(ValueError, match=r"hop_s=0\.005: a stream needs a hop of half"):
        Analysis(STFT(RATE, window_s=0.02, hop_s=0.005))


def test_samples_that_are_no_whole_hops_are_refused():
    analysis = Analysis(STFT(RATE))
    with pytest.raises(ValueError, match="81 samples are no multiple of the hop of 80"):
        analysis.advance(torch.zeros(1, 81), analysis.initial_state(1))
