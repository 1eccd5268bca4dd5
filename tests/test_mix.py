"""Mixtures of speech and noise: their SNR, their gain, and sums that are exact in 16 bits."""

import numpy as np
import pytest
import torch
from corpora import pcm, speech_like

from datagen.mix import mix, to_pcm

RNG = np.random.default_rng(0)
TIME = 32000
NOISES = {
    "white": 0.1 * RNG.standard_normal(TIME),
    "impulsive": 0.9 * (RNG.random(TIME) < 0.001) * RNG.choice([-1, 1], TIME),
    "brown": 0.002 * np.cumsum(RNG.standard_normal(TIME)),
    "tone": 0.3 * np.sin(2 * np.pi * 50 / 16000 * np.arange(TIME)),
    "offset": 0.2 + 0.001 * RNG.standard_normal(TIME),
    "quiet": 0.0004 * RNG.standard_normal(TIME),
}
CLEAN = pcm(speech_like(2, 1))


def tensors(*signals):
    return [torch.from_numpy(signal) for signal in signals]


def measured_db(out: dict) -> float:
    """In plain numpy, from what would be written to disk."""
    clean, noise = (to_pcm(out[name]).numpy().astype(np.float64) for name in ("clean", "noise"))
    return 10 * np.log10(np.sum(clean**2) / np.sum(noise**2))


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 7.0, 20.0])
@pytest.mark.parametrize("kind", NOISES)
def test_mixture_has_the_requested_snr(kind, snr_db):
    clean, noise = tensors(CLEAN, pcm(NOISES[kind]))
    out = mix(
        clean, noise, torch.tensor(snr_db), torch.tensor(-30.0 if kind == "impulsive" else -9.0)
    )
    assert measured_db(out) == pytest.approx(snr_db, abs=0.01)


def test_a_joint_gain_keeps_the_snr_and_lowers_the_level():
    clean, noise = tensors(CLEAN, pcm(NOISES["impulsive"]))
    loud, soft = (mix(clean, noise, torch.tensor(3.0), torch.tensor(gain)) for gain in (0.0, -20.0))
    assert measured_db(soft) == pytest.approx(3.0, abs=0.01)
    torch.testing.assert_close(10 * soft["clean"], loud["clean"], atol=10 / 32768, rtol=0)


def test_mixture_is_exactly_clean_plus_noise_on_the_16_bit_grid():
    clean, noise = tensors(CLEAN, pcm(NOISES["white"]))
    out = mix(clean, noise, torch.tensor(-3.3), torch.tensor(-1.23))
    assert torch.equal(out["mixture"], out["clean"] + out["noise"])
    for part in out.values():
        assert torch.equal(to_pcm(part).float() / 32768, part)
    samples = {name: to_pcm(part).int() for name, part in out.items()}
    assert torch.equal(samples["mixture"], samples["clean"] + samples["noise"])


def test_without_gain_clean_is_the_recording_itself():
    clean, noise = tensors(CLEAN, pcm(NOISES["white"]))
    assert torch.equal(
        to_pcm(mix(clean, noise, torch.tensor(5.0), torch.tensor(0.0))["clean"]), clean
    )


def test_a_batch_gives_what_its_items_give_one_by_one():
    noises = torch.stack(tensors(*(pcm(noise) for noise in NOISES.values())))
    cleans = torch.stack([torch.from_numpy(CLEAN).roll(97 * n) for n in range(len(noises))])
    snrs, gains = torch.linspace(-5, 10, len(noises)), torch.linspace(-11, -1.7, len(noises))
    batch = mix(cleans, noises, snrs, gains)
    for item in range(len(noises)):
        alone = mix(cleans[item], noises[item], snrs[item], gains[item])
        assert all(torch.equal(batch[name][item], alone[name]) for name in alone)
    folded = mix(cleans.view(2, 3, -1), noises.view(2, 3, -1), snrs.view(2, 3), gains.view(2, 3))
    assert torch.equal(folded["mixture"].view(6, -1), batch["mixture"])


def test_padding_with_zeros_changes_nothing():
    clean, noise = tensors(CLEAN, pcm(NOISES["brown"]))
    short = mix(clean, noise, torch.tensor(1.0), torch.tensor(-2.0))
    padded = [torch.nn.functional.pad(signal, (0, 1234)) for signal in (clean, noise)]
    for name, part in mix(*padded, torch.tensor(1.0), torch.tensor(-2.0)).items():
        assert torch.equal(part[:TIME], short[name])
        assert not part[TIME:].any()


@pytest.mark.parametrize("dtype", [torch.int16, torch.int32, torch.float32, torch.float64])
def test_any_dtype_gives_the_same_and_is_left_as_it_was(dtype):
    clean, noise = tensors(CLEAN, pcm(NOISES["white"]))
    expected = mix(clean, noise, torch.tensor(2.0), torch.tensor(-4.0))
    given = clean.to(dtype), noise.to(dtype)
    out = mix(*given, torch.tensor(2.0), torch.tensor(-4.0))
    assert all(torch.equal(out[name], expected[name]) for name in expected)
    assert torch.equal(given[0], clean.to(dtype))
    assert torch.equal(given[1], noise.to(dtype))


def test_pcm_is_clamped_at_full_scale():
    assert to_pcm(torch.tensor([-2.0, -1.0, 0.0, 1.0])).tolist() == [-32768, -32768, 0, 32767]
