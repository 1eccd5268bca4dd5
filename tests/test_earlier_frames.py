"""Earlier frames of the mixture add to an estimate: deep filtering in the dual-path network."""

import cmath
import math

import pytest
import torch
from narrow_networks import node
from test_networks import close, make, parameters, seen
from tiny_run import config, overrides

import train
from dsp.stft import STFT
from exporting.definition import definition
from exporting.proof import built_in, differences_db, require_equal
from exporting.step import FrameStep, onnx_bytes
from models.enhancer import Enhancer
from models.layouts import BEST
from models.level import Level
from models.networks.bands import Bands
from models.networks.earlier_frames import EarlierFrames
from models.stream import Stream
from models.targets.complex_mask import ComplexMask
from options.build import build

CHANNELS = 3


def earlier_frames(freqs, factors):
    """With the same complex factors for every bin of every frame, the oldest frame's first."""
    part = EarlierFrames(ComplexMask(), Bands(freqs), CHANNELS, len(factors) + 1)
    numbers = torch.tensor([(factor.real, factor.imag) for factor in factors])
    # A bin lies in two bands, which are added.
    with torch.no_grad():
        part.layer.bias.copy_((numbers.flatten()[:, None].expand(-1, 8) / 2).flatten())
    return part


@torch.no_grad()
def applied(part, spectrum):
    """What the part adds to the estimate of a spectrum [batch, freq, frame]."""
    mixture = ComplexMask().components(spectrum)
    features = torch.zeros(len(spectrum), spectrum.shape[-1], part.bands.count, CHANNELS)
    added, _ = part(features, mixture, part.initial_state(len(spectrum)))
    return torch.complex(*added.unbind(1))


def test_factors_weigh_and_turn_the_frames_before():
    spectrum = torch.randn(2, 9, 6, dtype=torch.complex64)
    added = applied(earlier_frames(9, [2j, 0.5]), spectrum)
    expected = torch.zeros_like(spectrum)
    expected[..., 2:] += 2j * spectrum[..., :-2]
    expected[..., 1:] += 0.5 * spectrum[..., :-1]
    torch.testing.assert_close(added, expected)
    assert (added[..., 0] == 0).all()  # silence comes before the first frame


def test_two_taps_cancel_a_tone_that_no_mask_can_part_from_its_neighbour():
    # 20 Hz apart, where bins are 31.25 Hz apart: both tones lie in the same bins.
    stft, other_hz, tone_hz = STFT(16000, window_s=0.032, hop_s=0.016), 2020.0, 2000.0
    time_s = torch.arange(16000)[None] / 16000
    other, tone = (stft(torch.sin(2 * math.pi * hz * time_s)) for hz in (other_hz, tone_hz))
    turn = cmath.exp(2j * math.pi * tone_hz * stft.hop / 16000)
    part = earlier_frames(stft.freqs, [-turn])

    def power(spectrum):
        return spectrum.abs().square().mean()

    def left_db(spectrum):
        steady = (spectrum + applied(part, spectrum))[..., 4:-4]
        return 10 * math.log10(power(steady) / power(spectrum[..., 4:-4]))

    assert left_db(tone) < -40
    # |1 - exp(2 pi i 20 Hz hop)| of the neighbour is left
    kept = abs(1 - cmath.exp(2j * math.pi * (tone_hz - other_hz) * stft.hop / 16000))
    assert left_db(other) == pytest.approx(20 * math.log10(kept), abs=0.1) and kept > 1


def test_nothing_is_added_before_training():
    plain, filtered = (make("dual_path", "complex_mask", taps=taps).eval() for taps in (1, 4))
    filtered.load_state_dict(plain.state_dict(), strict=False)
    mixture = seen("complex_mask", 2, 8000)
    assert torch.equal(plain(mixture), filtered(mixture))
    with torch.no_grad():
        filtered.filter.layer.bias += 0.1
    assert not torch.allclose(plain(mixture), filtered(mixture))


@pytest.mark.parametrize("taps", [2, 5])
def test_frame_by_frame_is_the_same_as_at_once(taps):
    network = trained(make("dual_path", "complex_mask", taps=taps)).eval()
    mixture = seen("complex_mask", 2, 8000)
    state, parts = network.initial_state(2), []
    for piece in mixture.split([1, 1, 3, 7], -1):
        part, state = network.advance(piece, state)
        parts.append(part)
    close(torch.cat(parts, -1), network(mixture))


def trained(network):
    """With factors as large as those of a trained network."""
    with torch.no_grad():
        network.filter.layer.weight.normal_(0, 0.1, generator=torch.Generator().manual_seed(0))
    return network


def test_a_tap_costs_one_affine_layer():
    few, more = (parameters(make("dual_path", "complex_mask", taps=taps)) for taps in (2, 3))
    channels = node("network", "dual_path")["channels"]
    assert more - few == (channels + 1) * 2 * 8  # two components of 8 bins


def test_an_exported_network_filters_as_it_does_here():
    def network(freqs, target):
        return trained(make("dual_path", "complex_mask", taps=3)).float()

    level = build(node("level", "running"), Level, within="models.level")
    enhancer = Enhancer(STFT(8000, window="sqrt_hann"), ComplexMask(), network, level).eval()
    step = FrameStep(Stream(enhancer))
    differences = differences_db(
        step, onnx_bytes(step), definition(step, ""), built_in(8000)[:7777]
    )
    require_equal(differences, "dual_path")


@pytest.mark.parametrize("taps", [0, -1])
def test_fewer_than_one_tap_are_refused(taps):
    with pytest.raises(ValueError, match=rf"^network\.taps={taps}: must be at least 1$"):
        make("dual_path", "complex_mask", taps=taps)


@pytest.mark.parametrize("target", ["iam", "tms", "noise_model"])
def test_magnitudes_of_several_frames_are_not_added(target):
    with pytest.raises(ValueError, match=r"network\.taps=2: .*add target=complex_mask"):
        make("dual_path", target, taps=2)


def fit(data, run, *more):
    """A tiny training of a dual-path network, at whose learning rate of 0 nothing moves."""
    typed = [item for item in overrides(data, run) if not item.startswith(("network", "target"))]
    typed += ["network=dual_path", "network.hidden=4", "network.whole=4", "target=complex_mask"]
    typed += ["recipe.optimizer.lr=0", "trainer.max_epochs=1", *more]
    train.main(config("train", typed, run))
    return run


def test_a_training_starts_from_weights_without_them(data, tmp_path, capfd):
    mask = fit(data, tmp_path / "mask")
    capfd.readouterr()
    filtered = fit(data, tmp_path / "filtered", "network.taps=2", f"start_from={mask}")
    assert f"note: {mask} has no network.filter; it starts untrained" in capfd.readouterr().err
    before, after = (
        torch.load(run / BEST, weights_only=True)["state_dict"] for run in (mask, filtered)
    )
    assert all(torch.equal(after.pop(name), before[name]) for name in before)
    assert {name: value.count_nonzero().item() for name, value in after.items()} == {
        "network.filter.layer.weight": 0,
        "network.filter.layer.bias": 0,
    }
    for taps in (1, 3):
        with pytest.raises(ValueError, match="weights of another network than DualPath"):
            fit(data, tmp_path / "next", f"network.taps={taps}", f"start_from={filtered}")
