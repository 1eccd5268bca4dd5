"""Spectral subtraction finds the noise's level, takes it off, and leaves what begins after it."""

import pytest
import torch

from dsp.level import level_db
from models.baselines.spectral_subtraction import SpectralSubtraction

RATE = 8000
RATES = [8000, 16000]


def white(seconds: float, rate: int = RATE, batch: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return 0.01 * torch.randn(batch, round(seconds * rate), generator=generator)


def tone(seconds: float, begin_s: float, end_s: float, hz: float = 1000.0) -> torch.Tensor:
    time = torch.arange(round(seconds * RATE)) / RATE
    return 0.1 * torch.sin(2 * torch.pi * hz * time) * ((time >= begin_s) & (time < end_s))


def change_db(enhanced: torch.Tensor, mixture: torch.Tensor, begin_s: float, end_s: float) -> float:
    cut = slice(round(begin_s * RATE), round(end_s * RATE))
    return (level_db(enhanced[..., cut]) - level_db(mixture[..., cut])).mean().item()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("span_s", [0.5, 1.5, 3.0])
def test_white_noise_is_found_at_its_own_power_from_the_start(rate, span_s):
    system = SpectralSubtraction(rate, span_s=span_s)
    power = system._stft()(white(10, rate, batch=4).double()).abs().square()[:, 1:-1, 1:-1]
    noise = system.noise_power(power)
    begin = 20  # frames: a third of a second
    for frames in (noise[..., begin : 2 * begin], noise[..., 4 * begin :]):
        error_db = 10 * torch.log10(frames.mean() / power.mean())
        assert error_db.abs() < 0.5


@pytest.mark.parametrize("floor_db", [-10.0, -20.0, -30.0])
def test_noise_alone_is_brought_down_to_the_floor(floor_db):
    mixture = white(6)
    system = SpectralSubtraction(RATE, over_subtraction=20, floor_db=floor_db)
    assert change_db(system.enhance(mixture), mixture, 1, 6) == pytest.approx(floor_db, abs=1)


def test_a_tone_that_begins_in_noise_passes_and_the_noise_before_it_does_not():
    mixture = white(4) + tone(4, 2, 3)
    enhanced = SpectralSubtraction(RATE).enhance(mixture)
    assert change_db(enhanced, mixture, 0.5, 1.9) < -8
    assert change_db(enhanced, mixture, 2.05, 2.95) == pytest.approx(0, abs=1)


def test_a_tone_without_noise_passes_as_it_is():
    mixture = tone(4, 2, 3).unsqueeze(0)
    enhanced = SpectralSubtraction(RATE).enhance(mixture)
    torch.testing.assert_close(enhanced, mixture, atol=1e-4, rtol=0)


def test_what_lasts_longer_than_the_span_is_noise():
    mixture = tone(6, 0.5, 6)
    enhanced = SpectralSubtraction(RATE, span_s=1.0).enhance(mixture.unsqueeze(0))[0]
    assert change_db(enhanced, mixture, 0.6, 1.4) > -1
    assert change_db(enhanced, mixture, 3, 6) < -8


def test_more_is_taken_off_the_higher_the_over_subtraction():
    mixture = white(4)
    changes = []
    for over_subtraction in (1, 1.5, 2, 3):
        enhanced = SpectralSubtraction(RATE, over_subtraction, floor_db=-40).enhance(mixture)
        changes.append(change_db(enhanced, mixture, 1, 4))
    assert changes == sorted(changes, reverse=True)
    assert changes[0] - changes[-1] > 10


@pytest.mark.parametrize("gain", [1e-4, 30.0])
def test_any_loudness_goes(gain):
    mixture = white(2) + tone(2, 1, 1.5)
    system = SpectralSubtraction(RATE)
    louder = system.enhance(gain * mixture)
    torch.testing.assert_close(louder / gain, system.enhance(mixture), atol=1e-6, rtol=0)


def test_silence_stays_silent_and_no_samples_stay_none():
    system = SpectralSubtraction(RATE)
    assert system.enhance(torch.zeros(2, 0)).shape == (2, 0)
    assert not system.enhance(torch.zeros(1, RATE)).any()
    beside = torch.cat([torch.zeros(1, RATE), white(1, batch=1)])
    enhanced = system.enhance(beside)
    assert not enhanced[0].any()
    assert torch.isfinite(enhanced).all()
    assert system.enhance(white(1 / RATE)).shape == (2, 1)


def test_nothing_depends_on_what_comes_more_than_a_window_later():
    system, changed_from = SpectralSubtraction(RATE), RATE
    mixture = white(2)
    other = mixture.clone()
    other[:, changed_from:] *= 10
    same = changed_from - round(system.window_s * RATE)
    enhanced, of_other = system.enhance(mixture), system.enhance(other)
    torch.testing.assert_close(enhanced[:, :same], of_other[:, :same])
    assert not torch.allclose(enhanced[:, changed_from:], of_other[:, changed_from:])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"over_subtraction": 0.5}, "over_subtraction=0.5"),
        ({"over_subtraction": float("nan")}, "over_subtraction=nan"),
        ({"floor_db": 1.0}, "floor_db=1"),
        ({"smoothing_s": 0.0}, "smoothing_s=0"),
        ({"span_s": 0.05}, "span_s=0.05"),
        ({"span_s": 11.0}, "span_s=11"),
        ({"hop_s": 0.03}, "hop_s=0.03"),
    ],
)
def test_options_out_of_range_are_refused_with_their_limits(options, said):
    with pytest.raises(ValueError, match=said) as caught:
        SpectralSubtraction(RATE, **options)
    assert "must be" in str(caught.value) and "\n" not in str(caught.value)
