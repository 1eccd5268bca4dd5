"""A signal of any length in blocks of any size is enhanced as at once, whatever the network is."""

import pytest
import torch
from narrow_networks import FEW_FRAMES, LEVELS, NETWORKS, TARGETS
from test_stream import HOP, blocks_of, enhancer, randn

from dsp.stft import STFT
from models import pieces
from models.pieces import Pieces, in_blocks
from models.stream import Stream

LONG = 20 * FEW_FRAMES * HOP + 17


def joined(whole, mixture, sizes):
    return torch.cat(list(in_blocks(whole, blocks_of(mixture, sizes))), -1)


def require_equal(whole, mixture, sizes):
    at_once = whole.enhance(mixture)
    full_scale = max(1.0, float(at_once.abs().max()))
    given = joined(whole, mixture, sizes)
    torch.testing.assert_close(given, at_once, atol=1e-5 * full_scale, rtol=0)


@pytest.fixture
def few_frames(monkeypatch):
    """Pieces so short that a signal of seconds has several."""
    monkeypatch.setattr(pieces, "LEAST", 1)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_gives_in_blocks_what_it_gives_at_once(network, few_frames):
    in_pieces = enhancer(network)
    in_pieces.mixture_share = 0.25
    require_equal(in_pieces, randn(2, 8 * FEW_FRAMES * HOP + 17), [333, 7000])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("target", TARGETS)
def test_pieces_are_the_whole_for_every_target_and_level(target, level, few_frames):
    loud_then_quiet = randn(2, LONG) * torch.linspace(1, 0.01, LONG)
    require_equal(enhancer("unet", target, level), loud_then_quiet, [HOP * FEW_FRAMES, 1, 4567])


@pytest.mark.parametrize("time", [1, HOP, LONG - 17, LONG])
@pytest.mark.parametrize("sizes", [[100], [10**6]])
def test_pieces_of_any_time_keep_its_length(time, sizes, few_frames):
    require_equal(enhancer("unet", window="sqrt_hann"), randn(1, time), sizes)


@pytest.mark.parametrize(
    ("network", "stft"),
    [
        ("unet", STFT(8000, 0.031875, 0.007875)),
        ("unet", STFT(8000, 0.02, 0.005)),
        ("pl_crnn", STFT(8000, 0.02, 0.005)),
    ],
)
def test_other_hops_than_half_a_window_give_the_whole_too(network, stft, few_frames):
    require_equal(enhancer(network, stft=stft), randn(1, LONG), [999])


def test_what_is_held_of_a_long_signal_does_not_grow(few_frames):
    cut, lengths = Pieces(enhancer("unet"), FEW_FRAMES), []
    real = cut._enhanced
    cut._enhanced = lambda piece, *more: lengths.append(piece.shape[-1]) or real(piece, *more)
    given = cut.blocks(randn(1, 10 * LONG).split(777, -1))
    assert sum(block.shape[-1] for block in given) == 10 * LONG
    assert len(lengths) > 10
    assert max(lengths) <= (cut.kept + 2 * (cut.context + cut.margin)) * HOP


def test_a_causal_network_goes_on_with_its_state():
    assert in_blocks(enhancer("pl_crnn"), []).__qualname__ == Stream.blocks.__qualname__


def test_a_signal_without_samples_gives_none():
    for network in ("unet", "pl_crnn"):
        assert list(in_blocks(enhancer(network), [])) == []
