"""The Wiener filter turns noise down to what its lowest SNR says, and lets pass what stands out."""

import pytest
import torch
from test_spectral_subtraction import change_db, tone, white

from models.baselines.wiener import Wiener

RATE = 8000


@pytest.mark.parametrize("lowest_snr_db", [-10.0, -15.0, -20.0])
def test_noise_alone_is_brought_down_to_the_gain_of_the_lowest_snr(lowest_snr_db):
    lowest = 10 ** (lowest_snr_db / 10)
    gain_db = 20 * torch.log10(torch.tensor(lowest / (1 + lowest))).item()
    system = Wiener(RATE, kept=0.999, lowest_snr_db=lowest_snr_db)
    assert change_db(system.enhance(white(6)), white(6), 1, 6) == pytest.approx(gain_db, abs=1.5)


def test_a_tone_passes_as_far_as_its_snr_lets_it():
    mixture = white(4) + tone(4, 2, 3)
    enhanced = Wiener(RATE).enhance(mixture)
    assert change_db(enhanced, mixture, 0.5, 1.9) < -15
    assert change_db(enhanced, mixture, 2.2, 2.95) == pytest.approx(0, abs=1)


def test_a_gain_is_the_snr_over_one_more_where_nothing_is_kept():
    power = torch.tensor([[[1.0, 3.0, 11.0]]], dtype=torch.float64)
    system = Wiener(RATE, kept=0.0, lowest_snr_db=-10.0)
    gains = system.gain(power, torch.ones_like(power))[0, 0]
    torch.testing.assert_close(gains, torch.tensor([0.1 / 1.1, 2 / 3, 10 / 11]).double())


def test_what_is_kept_of_the_last_estimate_directs_the_next():
    power = torch.tensor([[[11.0, 1.0]]], dtype=torch.float64)
    gains = Wiener(RATE, kept=0.5).gain(power, torch.ones_like(power))[0, 0]
    snr = 0.5 * (10 / 11) ** 2 * 11  # half of the last estimate's power, and none of its own
    assert gains[1] == pytest.approx(snr / (1 + snr))


@pytest.mark.parametrize("options", [{"kept": 1.0}, {"lowest_snr_db": 1.0}, {"span_s": 11.0}])
def test_options_out_of_range_are_refused_with_their_limits(options):
    with pytest.raises(ValueError, match="must be") as caught:
        Wiener(RATE, **options)
    assert next(iter(options)) in str(caught.value)
