"""Every network of conf/network with every target of conf/target, at both sample rates."""

import functools

import pytest
import torch
from narrow_networks import NETWORKS, TARGETS, make_target, narrowed, node

from dsp.stft import STFT
from models.multiply_adds import require_countable
from models.networks.network import CausalNetwork, Network
from options.build import build

FREQS = {rate: STFT(rate).freqs for rate in (8000, 16000)}
FRAMES = 12


every_network = pytest.mark.parametrize("network", NETWORKS)


def swept(test):
    """Every network with every target, at either sample rate in turn."""
    rates = [*FREQS] * len(TARGETS)
    kinds = list(zip(TARGETS, rates, strict=False))
    return every_network(pytest.mark.parametrize(("target", "rate"), kinds)(test))


def make(network, target="tms", rate=8000, narrow=False, **options):
    torch.manual_seed(0)
    described = {**node("network", network), **options}
    described = narrowed(described) if narrow else described
    made = build(described, Network, freqs=FREQS[rate], target=make_target(target))
    return made.double()  # so that what is equal is equal to 9 digits


@functools.cache
def trained(network, target="tms", rate=8000):
    """In evaluation mode, its running statistics those of data.

    The initial ones would hide a batch norm's mistakes.
    """
    made = make(network, target, rate, narrow=True)
    with torch.no_grad():
        made(seen(target, 4, rate, seed=9))
    return made.eval()


def trained_causal(network, target="tms", rate=8000):
    """As `trained`; skips the test where the network is none to run piece by piece."""
    made = trained(network, target, rate)
    if not isinstance(made, CausalNetwork):
        pytest.skip(f"network={network} is not causal")
    return made


def tensors(state):
    """All tensors of a state."""
    if isinstance(state, torch.Tensor):
        return [state]
    parts = state.values() if isinstance(state, dict) else state
    return [tensor for part in parts for tensor in tensors(part)]


def seen(target, batch, rate, frames=FRAMES, seed=1):
    """A mixture in the components of a target: magnitudes, or any numbers where it has more."""
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, components(target), FREQS[rate], frames)
    numbers = torch.randn(shape, generator=generator, dtype=torch.float64)
    return numbers.abs() if components(target) == 1 else numbers


def components(target):
    return make_target(target).component_count


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def close(one, other):
    torch.testing.assert_close(one, other, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("rate", FREQS)
@every_network
@torch.no_grad()
def test_at_its_full_width_a_network_gives_magnitudes_too(network, rate):
    made = make(network, rate=rate).eval()
    estimates = made(seen("tms", 1, rate, frames=3))
    assert estimates.shape == (1, made.stage_count, 1, FREQS[rate], 3)
    assert estimates.isfinite().all() and (estimates >= 0).all()


@swept
@torch.no_grad()
def test_each_stage_gives_the_components_of_each_bin(network, target, rate):
    made, mixture = trained(network, target, rate), seen(target, 2, rate)
    estimates = made(mixture)
    assert estimates.shape == (2, made.stage_count, *mixture.shape[1:])
    assert estimates.isfinite().all()
    assert components(target) > 1 or (estimates >= 0).all()


@swept
@torch.no_grad()
def test_the_final_estimate_has_the_shape_of_the_mixture(network, target, rate):
    made, mixture = trained(network, target, rate), seen(target, 2, rate)
    final = made.final(made(mixture))
    assert final.shape == mixture.shape
    assert final.isfinite().all()
    assert components(target) > 1 or (final >= 0).all()


@pytest.mark.parametrize("target", TARGETS)
@every_network
def test_the_multiply_adds_of_all_layers_are_known(network, target):
    for rate, freqs in FREQS.items():
        made = make(network, target, rate, narrow=True).float()
        require_countable(made, freqs, components(target))


@swept
@torch.no_grad()
def test_a_frame_depends_on_a_later_one_only_where_a_network_is_not_causal(network, target, rate):
    made, mixture = trained(network, target, rate), seen(target, 1, rate)
    before = made(mixture)
    for frame in (1, 2, 5, FRAMES - 1):
        changed = mixture.clone()
        changed[..., frame] += 10
        after = made(changed)
        assert not torch.allclose(after[..., frame], before[..., frame])
        if made.causal:
            close(after[..., :frame], before[..., :frame])
        else:
            assert not torch.allclose(after[..., :frame], before[..., :frame])


@swept
@torch.no_grad()
def test_an_item_alone_is_as_in_a_batch(network, target, rate):
    made, mixture = trained(network, target, rate), seen(target, 3, rate)
    mixture[1] *= 100
    together = made(mixture)
    for item in range(3):
        close(made(mixture[item : item + 1])[0], together[item])


@swept
@torch.no_grad()
def test_padding_changes_no_frame_before_it(network, target, rate):
    made, mixture = trained(network, target, rate), seen(target, 2, rate)
    padded = torch.nn.functional.pad(mixture, (0, 7))
    close(made(padded)[..., :FRAMES], made(mixture))


@pytest.mark.parametrize(
    "chunks", [[1] * FRAMES, [3, 1, 5, 2, 1]], ids=["frame by frame", "uneven"]
)
@swept
@torch.no_grad()
def test_in_pieces_with_carried_state_is_as_at_once(network, target, rate, chunks):
    made, mixture = trained_causal(network, target, rate), seen(target, 2, rate)
    state, pieces = made.initial_state(2), []
    for piece in mixture.split(chunks, dim=-1):
        estimate, state = made.advance(piece, state)
        pieces.append(estimate)
    close(torch.cat(pieces, -1), made(mixture))


@every_network
@torch.no_grad()
def test_carried_state_is_left_as_it_was(network):
    made, mixture = trained_causal(network), seen("tms", 1, 8000)
    _, state = made.advance(mixture[..., :4], made.initial_state(1))
    first, _ = made.advance(mixture[..., 4:], state)
    again, _ = made.advance(mixture[..., 4:], state)
    assert torch.equal(first, again)


@every_network
@torch.no_grad()
def test_the_initial_state_is_of_the_kind_that_is_carried_on(network):
    made = trained_causal(network)
    initial = tensors(made.initial_state(2))
    carried = tensors(made.advance(seen("tms", 2, 8000), made.initial_state(2))[1])
    assert [(state.shape, state.dtype) for state in initial] == [
        (state.shape, state.dtype) for state in carried
    ]
    assert all(
        state.is_meta for state in tensors(make(network, narrow=True).to("meta").initial_state(2))
    )


@pytest.mark.parametrize("target", TARGETS)
@every_network
def test_every_parameter_learns(network, target):
    made, mixture = make(network, target, narrow=True), seen(target, 2, 8000, frames=4)
    make_target(target).loss(made(mixture), 0.3 * mixture.unsqueeze(1)).mean().backward()
    dead = [
        name
        for name, parameter in made.named_parameters()
        if parameter.grad is None or not parameter.grad.isfinite().all() or not parameter.grad.any()
    ]
    assert dead == []


@every_network
def test_silence_gives_finite_estimates_and_gradients(network):
    for target in TARGETS:
        made = make(network, target, narrow=True)
        mixture = torch.zeros_like(seen(target, 2, 8000, frames=4))
        make_target(target).loss(made(mixture), mixture.unsqueeze(1)).mean().backward()
        assert all(parameter.grad.isfinite().all() for parameter in made.parameters())


@pytest.mark.parametrize(
    ("network", "options", "count"),
    [
        ("pl_crnn", {}, 1_221_731),
        ("pl_crnn", {"stages": 5}, 1_334_917),
        ("crnn", {}, 17_579_457),
        ("scrnn", {}, 4_399_585),
        ("pl_dnn", {}, 17_871_331),
        ("pl_lstm", {}, 42_249_699),
    ],
)
def test_parameters_are_as_many_as_the_paper_has(network, options, count):
    assert parameters(make(network, rate=16000, **options)) == count


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("stages", [1, 2, 3, 4, 5])
def test_each_stage_sees_the_mixture_and_all_estimates_before_it(stages, target):
    made, count = make("pl_crnn", target, stages=stages), components(target)
    assert made(seen(target, 1, 8000)).shape[1:3] == (stages, count)
    assert [stage.encoder[0].conv.in_channels for stage in made.stages] == [
        number * count for number in range(1, stages + 1)
    ]


@pytest.mark.parametrize("target", TARGETS)
@torch.no_grad()
def test_the_channels_of_a_stage_are_the_mixture_and_the_estimates_in_order(target):
    made, mixture, given_to = trained("pl_crnn", target), seen(target, 1, 8000), {}
    hooks = [
        stage.register_forward_pre_hook(
            functools.partial(lambda at, _, given: given_to.update({at: given[0]}), position)
        )
        for position, stage in enumerate(made.stages)
    ]
    estimates = made(mixture)
    for hook in hooks:
        hook.remove()
    assert len(given_to) == made.stage_count
    for position, channels in given_to.items():
        expected = torch.cat((mixture, estimates[:, :position].flatten(1, 2)), 1)
        assert torch.equal(channels.transpose(2, 3), expected)


@pytest.mark.parametrize("target", TARGETS)
@torch.no_grad()
def test_a_gain_of_the_mixture_is_one_of_what_the_u_net_gives(target):
    made, mixture = trained("unet", target), seen(target, 2, 8000)
    torch.testing.assert_close(made(1000 * mixture), 1000 * made(mixture))


def test_all_stages_share_one_lstm():
    made = make("pl_crnn")
    assert [name for name, module in made.named_modules() if isinstance(module, torch.nn.LSTM)] == [
        "lstms.0"
    ]
    before = {name for name, _ in made.named_parameters() if "lstm" in name}
    assert {
        name for name, _ in make("pl_crnn", stages=5).named_parameters() if "lstm" in name
    } == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"stages": 0}, "network.stages=0"),
        ({"hidden": 10}, "network.hidden=10"),
        ({"channels": [2] * 9}, "too few"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_with_their_value(options, told):
    with pytest.raises(ValueError, match=told) as caught:
        make("pl_crnn", rate=16000, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("power", [0, -1, 1.5, float("nan")])
def test_a_power_that_is_none_is_refused(power):
    told = rf"network\.power={power}: must be above 0 and at most 1"
    with pytest.raises(ValueError, match=told) as caught:
        make("dual_path", power=power)
    assert "\n" not in str(caught.value)


@every_network
def test_estimates_are_the_same_without_gradients(network):
    made, mixture = trained(network), seen("tms", 2, 8000, frames=100)
    with torch.no_grad():
        without = made(mixture)
    close(without, made(mixture).detach())
