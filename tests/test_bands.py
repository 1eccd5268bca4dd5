"""Bands of bins that overlap by half."""

import pytest
import torch

from models.networks.bands import BINS, Bands, Neighbours

FREQS = [81, 161, 257, 8, 9]


@pytest.mark.parametrize("divisor", [1, 2, 3])
@pytest.mark.parametrize("freqs", FREQS)
def test_bands_added_up_give_every_bin_twice(freqs, divisor):
    bands, spectrum = Bands(freqs, divisor), torch.randn(2, 3, freqs, 4)
    cut = bands.cut(spectrum)
    assert cut.shape == (2, 4, bands.count, 3 * 2 * BINS) and bands.count % divisor == 0
    torch.testing.assert_close(bands.joined(cut), 2 * spectrum)


def test_a_bin_lies_in_the_two_bands_around_it_and_in_no_other():
    bands, spectrum = Bands(161), torch.zeros(1, 1, 161, 1)
    spectrum[0, 0, 50] = 1.0
    number, place = bands.cut(spectrum)[0, 0].nonzero().T.tolist()
    assert number == [50 // BINS, 50 // BINS + 1]
    assert place == [BINS + 50 % BINS, 50 % BINS]


def test_neighbours_see_one_band_on_either_side():
    layer, bands = Neighbours(5, 7), torch.randn(1, 2, 9, 5)
    changed = bands.clone()
    changed[:, :, 4] += 1
    moved = (layer(changed) != layer(bands)).any(-1).any(1)[0]
    assert moved.nonzero().flatten().tolist() == [3, 4, 5]
