"""Every loss of waveforms of conf/loss: what all of them keep to, and closed forms of those there are."""

import math

import pandas as pd
import pytest
import tiny_run
import torch
from omegaconf import OmegaConf
from torch.nn.functional import pad

from dsp.stft import STFT
from models.enhancement_learner import build_learner
from models.losses.compressed import Compressed
from models.losses.loss import Loss
from models.run import load_run
from options.build import build

CONF = tiny_run.ROOT / "conf" / "loss"
LOSSES = sorted(path.stem for path in CONF.glob("*.yaml"))
RATE, TIME = 8000, 4800  # more than a segment of `short_time_correlation`
WINDOWS = {window: STFT(RATE, window=window) for window in ("hamming", "sqrt_hann")}
HAMMING = WINDOWS["hamming"]
EVERYTHING = {
    "si_sdr": 0.1,
    "l1": 0.5,
    "stoi": 0.2,
    "estoi": 0.2,
}  # beside what Compressed weighs anyway
every_loss = pytest.mark.parametrize("name", LOSSES)
every_window = pytest.mark.parametrize("stft", WINDOWS.values(), ids=WINDOWS)


def make(name, **options):
    return build({**OmegaConf.load(CONF / f"{name}.yaml"), **options}, Loss)


# Every file as it is, and the one whose further terms it leaves out with all of them.
swept = pytest.mark.parametrize(
    "loss",
    [*map(make, LOSSES), make("compressed", **EVERYTHING)],
    ids=[*LOSSES, "compressed with all terms"],
)


def randn(*shape, seed=0):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def signals(*lengths, stages=3):
    """Estimates and references of `stages`, mixtures and lengths; all of them independent noise."""
    longest = max(lengths)
    estimates, references, mixtures = [], [], []
    for item, length in enumerate(lengths):
        spare = (0, longest - length)
        estimates.append(pad(randn(stages, length, seed=3 * item), spare))
        references.append(pad(randn(stages, length, seed=3 * item + 1), spare))
        mixtures.append(pad(randn(length, seed=3 * item + 2), spare))
    parts = [torch.stack(part) for part in (estimates, references, mixtures)]
    return (*parts, torch.tensor(lengths))


def of_one(loss, estimate, reference, mixture, stft=HAMMING):
    """The cost of one estimate of a mixture."""
    length = torch.tensor([mixture.shape[-1]])
    cost = loss.of_signals(estimate[None, None], reference[None, None], mixture[None], length, stft)
    return float(cost)


@swept
@every_window
def test_each_signal_and_stage_has_a_cost(loss, stft):
    costs = loss.of_signals(*signals(TIME, 800), stft)
    assert costs.shape == (2, 3)
    assert costs.isfinite().all() and len(costs.unique()) == 6


@swept
def test_a_cost_is_that_of_its_signal_and_stage_alone(loss):
    estimate, reference, mixture, length = signals(TIME, TIME)
    costs = loss.of_signals(estimate, reference, mixture, length, HAMMING)
    for item in range(2):
        for stage in range(3):
            alone = of_one(loss, estimate[item, stage], reference[item, stage], mixture[item])
            assert float(costs[item, stage]) == pytest.approx(alone, rel=1e-5)


@swept
def test_nothing_costs_less_than_the_reference_itself(loss):
    reference, noise = randn(TIME), randn(TIME, seed=1)
    mixture = reference + noise
    best = of_one(loss, reference, reference, mixture)
    others = [
        0.5 * reference,
        2 * reference,
        -reference,
        reference.roll(1),
        mixture,
        noise,
        torch.zeros(TIME),
        reference + 0.1 * noise,
    ]
    for other in others:
        assert of_one(loss, other, reference, mixture) > best


@swept
@pytest.mark.parametrize("gain", [1e-3, 1e3])
def test_a_gain_of_all_signals_changes_nothing(loss, gain):
    *parts, length = signals(TIME, 800)
    costs = loss.of_signals(*parts, length, HAMMING)
    louder = loss.of_signals(*[gain * part for part in parts], length, HAMMING)
    torch.testing.assert_close(louder, costs, atol=0, rtol=1e-4)


@swept
@every_window
@pytest.mark.parametrize("length", [4000, 800, 799, 81, 1])
def test_padding_changes_nothing(loss, stft, length):
    *parts, lengths = signals(TIME, length)
    together = loss.of_signals(*parts, lengths, stft)
    alone = loss.of_signals(*[part[1:, ..., :length] for part in parts], lengths[1:], stft)
    torch.testing.assert_close(together[1:], alone, atol=1e-5, rtol=1e-4)


@swept
@pytest.mark.parametrize(
    ("estimate", "reference", "mixture"),
    [
        (0, 0, 0),  # digital silence
        (0, 0, 1),  # noise alone, all of it taken away
        (1, 0, 1),  # noise alone, left as it is
        (0, 1, 1),  # speech that is taken away
        (1, 1, 1),  # speech that is left as it is
    ],
)
def test_cost_and_slopes_are_finite_where_signals_are_silent_or_equal(
    loss, estimate, reference, mixture
):
    some = randn(1, 1, TIME)
    given = (estimate * some).requires_grad_()
    length = torch.tensor([TIME])
    cost = loss.of_signals(given, reference * some, mixture * some[0], length, HAMMING)
    cost.sum().backward()
    assert cost.isfinite().all() and given.grad.isfinite().all()


@swept
def test_a_step_down_the_slope_costs_less(loss):
    estimate, reference, mixture, length = signals(TIME, 800)
    before = loss.of_signals(estimate.requires_grad_(), reference, mixture, length, HAMMING)
    before.sum().backward()
    slope = estimate.grad
    assert not slope[1, :, 800 + HAMMING.length :].any()
    step = 1e-3 * 0.1 * math.sqrt(slope.numel()) / slope.norm()
    after = loss.of_signals(estimate.detach() - step * slope, reference, mixture, length, HAMMING)
    assert after.sum() < before.sum()


def only(**weights):
    """A loss of the terms named alone, of spectra as they are unless told otherwise."""
    nothing = {"power": 1.0, "magnitude": 0.0, "complex": 0.0}
    return Compressed(**{**nothing, **weights})


@every_window
def test_twice_the_reference_costs_one_and_none_of_it_costs_one(stft):
    reference = randn(TIME)
    for factor in (2.0, 0.0, -2.0):
        cost = of_one(only(magnitude=1.0), factor * reference, reference, reference, stft)
        assert cost == pytest.approx(1.0, rel=1e-3)


@every_window
def test_a_sign_costs_four_as_complex_numbers_and_nothing_as_magnitudes(stft):
    reference = randn(TIME)
    of_complex = of_one(only(complex=1.0), -reference, reference, reference, stft)
    assert of_complex == pytest.approx(4.0, rel=1e-4)
    assert of_one(only(magnitude=1.0), -reference, reference, reference, stft) == 0


def test_costs_are_relative_to_the_mixture():
    reference = randn(TIME)
    for term in ("magnitude", "complex"):
        cost = of_one(only(**{term: 1.0}), 2 * reference, reference, 10 * reference)
        assert cost == pytest.approx(0.01, rel=1e-3)
    assert of_one(only(l1=1.0), 2 * reference, reference, 10 * reference) == pytest.approx(
        0.1 * of_one(only(l1=1.0), 2 * reference, reference, reference), rel=1e-5
    )


@pytest.mark.parametrize("power", [0.3, 0.5])
def test_magnitudes_are_compared_to_the_power(power):
    reference, window = randn(TIME), torch.hamming_window(160)
    magnitude = torch.stft(
        reference, 160, 80, window=window, pad_mode="constant", return_complex=True
    ).abs()
    relative = magnitude / magnitude.square().mean().sqrt()
    mean = float((relative ** (2 * power)).mean())
    factor = 3.0
    for loss, distance in [
        (only(power=power, magnitude=1.0), factor**power - 1),
        (only(power=power, complex=1.0), factor**power + 1),
    ]:
        cost = of_one(loss, -factor * reference, reference, reference)
        assert cost == pytest.approx(mean * distance**2, rel=2e-3)


def test_terms_add_up_by_their_weights():
    weights = {
        "magnitude": 0.7,
        "complex": 0.3,
        "si_sdr": 0.01,
        "l1": 0.5,
        "stoi": 0.1,
        "estoi": 0.2,
    }
    estimate, reference, mixture = (randn(TIME, seed=seed) for seed in range(3))
    expected = sum(
        weight * of_one(only(power=0.3, **{term: 1.0}), estimate, reference, mixture)
        for term, weight in weights.items()
    )
    blend = of_one(only(power=0.3, **weights), estimate, reference, mixture)
    assert blend == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("amplitude", [1.0, 0.01])
def test_silence_in_the_place_of_a_square_wave_costs_the_weight_of_l1(amplitude):
    square = amplitude * torch.tensor([1.0, 1.0, -1.0, -1.0]).repeat(TIME // 4)
    cost = of_one(only(l1=0.25), torch.zeros(TIME), square, square)
    assert cost == pytest.approx(0.25, rel=1e-5)


def beside(reference, ratio_db):
    """Noise at right angles to `reference`, `ratio_db` below it."""
    noise = randn(len(reference), seed=7)
    noise = noise - (noise @ reference) / (reference @ reference) * reference
    return noise * reference.norm() / noise.norm() * 10 ** (-ratio_db / 20)


@pytest.mark.parametrize("gain", [1.0, 0.01, -3.0])
@pytest.mark.parametrize("ratio_db", [-10.0, 0.0, 10.0, 20.0, 30.0])
def test_si_sdr_costs_its_decibels_and_levels_off_at_the_ceiling(ratio_db, gain):
    reference = randn(TIME)
    estimate = gain * (reference + beside(reference, ratio_db))
    cost = of_one(only(si_sdr=0.1, ceiling_db=30.0), estimate, reference, randn(TIME, seed=2))
    expected = 10 * math.log10(1 / (10 ** (-ratio_db / 10) + 1e-3))
    assert cost == pytest.approx(-0.1 * expected, abs=1e-4)


def test_the_reference_itself_has_the_ceiling_as_its_si_sdr():
    reference = randn(TIME)
    for ceiling_db in (20.0, 30.0):
        loss = only(si_sdr=1.0, ceiling_db=ceiling_db)
        assert of_one(loss, reference, reference, reference) == pytest.approx(-ceiling_db, abs=1e-3)


def test_where_the_reference_is_silent_there_is_no_si_sdr():
    silence, mixture = torch.zeros(TIME), randn(TIME)
    assert of_one(only(si_sdr=1.0), mixture, silence, mixture) == 0
    with_it = of_one(Compressed(si_sdr=1.0), mixture, silence, mixture)
    assert with_it == of_one(Compressed(), mixture, silence, mixture) > 0


def test_an_envelope_that_is_turned_round_costs_twice_the_weight_of_stoi():
    rising = torch.arange(TIME) / TIME
    clicks = (torch.arange(TIME) % HAMMING.hop == 0).float()  # as many under every window
    cost = of_one(only(stoi=0.1), (1 - rising) * clicks, rising * clicks, clicks)
    assert cost == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("term", ["stoi", "estoi"])
def test_where_the_reference_is_silent_no_envelopes_correlate(term):
    silence, mixture = torch.zeros(TIME), randn(TIME)
    assert of_one(only(**{term: 1.0}), mixture, silence, mixture) == 0


@pytest.mark.parametrize("term", ["magnitude", "complex", "l1"])
def test_the_reference_itself_costs_nothing_without_si_sdr(term):
    reference, mixture = randn(TIME), randn(TIME, seed=1)
    assert of_one(only(power=0.3, **{term: 1.0}), reference, reference, mixture) == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"power": 0}, r"recipe\.loss\.power=0: must be above 0 and at most 1"),
        ({"power": 1.5}, r"recipe\.loss\.power=1\.5: must be above 0"),
        ({"power": math.nan}, r"recipe\.loss\.power=nan: must be above 0"),
        ({"magnitude": -1}, r"recipe\.loss\.magnitude=-1: must be a number, 0 or above"),
        ({"complex": -0.1}, r"recipe\.loss\.complex=-0\.1: must be a number, 0 or above"),
        ({"si_sdr": -1}, r"recipe\.loss\.si_sdr=-1: must be a number, 0 or above"),
        ({"l1": -1}, r"recipe\.loss\.l1=-1: must be a number, 0 or above"),
        ({"estoi": -1}, r"recipe\.loss\.estoi=-1: must be a number, 0 or above"),
        ({"stoi": -1}, r"recipe\.loss\.stoi=-1: must be a number, 0 or above"),
        ({"si_sdr": float("nan")}, r"recipe\.loss\.si_sdr=nan: must be a number, 0 or above"),
        ({"ceiling_db": float("inf")}, r"recipe\.loss\.ceiling_db=inf: must be a number"),
        (
            {"magnitude": 0, "complex": 0},
            r"recipe\.loss: magnitude, complex, si_sdr, l1, stoi, estoi are all 0",
        ),
    ],
)
def test_what_weighs_nothing_sensible_is_refused(options, told):
    with pytest.raises(ValueError, match=told) as caught:
        make("compressed", **options)
    assert "\n" not in str(caught.value)


def typed(name):
    return f"+loss@recipe.loss={name}"


@every_loss
def test_a_loss_that_is_typed_is_what_a_training_brings_down(name, tmp_path):
    cfg = tiny_run.config("train", [*tiny_run.TINY, typed(name)], tmp_path)
    criterion = build_learner(cfg).criterion
    assert type(criterion) is type(make(name)) and vars(criterion) == vars(make(name))


def test_without_one_it_is_that_of_the_target(tmp_path):
    cfg = tiny_run.config("train", list(tiny_run.TINY), tmp_path)
    assert cfg.recipe.loss is None and build_learner(cfg).criterion is None


def test_an_option_of_it_may_be_typed_and_a_wrong_one_is_refused(command):
    line = command.refused(*tiny_run.TINY, typed("compressed"), "recipe.loss.power=2")
    assert "recipe.loss.power=2: must be above 0 and at most 1" in line


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["target=complex_mask"],
        ["target=complex_mask", "trainer.precision=bf16-mixed"],
        ["target=complex_mask", *(f"recipe.loss.{term}=0.1" for term in EVERYTHING)],
    ],
    ids=["alone", "complex mask", "complex mask of 16 bits", "complex mask and all terms"],
)
def test_a_training_has_finite_losses_and_a_model_that_enhances(data, tmp_path, more):
    few_steps = ("plan.train=6", "trainer.max_epochs=1")
    run = tiny_run.fit(data, tmp_path / "run", typed("compressed"), *few_steps, *more)
    curve = pd.read_csv(run / "curve.csv")
    losses = curve[["train_loss", "validation_loss"]].to_numpy()
    assert (losses > 0).all() and (losses < math.inf).all()
    enhanced = load_run(run).enhance(randn(2, TIME))
    assert enhanced.shape == (2, TIME) and enhanced.isfinite().all()
