"""Parameters and multiply-adds of a network: the papers' numbers and closed forms of layers."""

import pytest
import torch
from test_networks import make
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from dsp.stft import STFT
from models.cost import costs, parameters, seconds_per_second
from models.enhancer import Enhancer
from models.level import RawLevel
from models.multiply_adds import multiply_adds_per_frame, require_countable
from models.networks.pl_dnn import PLDNN
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from reporting.tables.published import pl_crnn_costs

TABLE_6 = pl_crnn_costs().set_index(["network", "stages"]).astype(float)


@pytest.mark.parametrize(("network", "stages"), TABLE_6.index)
def test_costs_are_those_of_the_paper(network, stages):
    printed, made = TABLE_6.loc[(network, stages)], make(network, rate=16000, stages=stages).float()
    assert multiply_adds_per_frame(made, 161) / 1e6 == pytest.approx(
        printed.macs_per_frame, rel=0.005
    )
    assert parameters(made) / 1e6 == pytest.approx(
        printed.parameters, abs=0.011
    )  # printed with two digits


def image(mixture):
    """[batch, component, freq, frame] -> [batch, component, frame, freq]."""
    return mixture.transpose(2, 3)


def channels(mixture):
    """[batch, component, freq, frame] -> [batch, component * freq, frame]."""
    return mixture.flatten(1, 2)


def vectors(mixture):
    """[batch, component, freq, frame] -> [batch, frame, component * freq]."""
    return channels(mixture).transpose(1, 2)


def frames(mixture):
    """[batch, component, freq, frame] -> [frame, component * freq], of one item."""
    return vectors(mixture)[0]


class OneLayer(nn.Module):
    """[batch, component, freq, frame], seen in another shape, through one layer."""

    def __init__(self, layer: nn.Module, seen_as=vectors):
        super().__init__()
        self.layer, self.seen_as = layer, seen_as

    def forward(self, mixture):
        return self.layer(self.seen_as(mixture))


@pytest.mark.parametrize(
    ("layer", "seen_as", "expected"),
    [
        (lambda: nn.Linear(9, 4), vectors, 9 * 4 + 4),
        (lambda: nn.Linear(9, 4, bias=False), vectors, 9 * 4),
        (
            lambda: nn.LSTM(9, 5, 2, batch_first=True),
            vectors,
            4 * 5 * (9 + 5) + 40 + 4 * 5 * (5 + 5) + 40,
        ),
        (
            lambda: nn.LSTM(9, 5, batch_first=True, bidirectional=True),
            vectors,
            2 * (4 * 5 * (9 + 5) + 40),
        ),
        (
            lambda: nn.GRU(9, 5, 2, batch_first=True),
            vectors,
            3 * 5 * (9 + 5) + 30 + 3 * 5 * (5 + 5) + 30,
        ),
        (lambda: nn.RNN(9, 5, batch_first=True), vectors, 5 * (9 + 5) + 10),
        (lambda: nn.LSTMCell(9, 5), frames, 4 * 5 * (9 + 5) + 40),
        (lambda: nn.GRUCell(9, 5, bias=False), frames, 3 * 5 * (9 + 5)),
        (lambda: nn.Conv2d(1, 6, (2, 3), (1, 2)), image, 4 * (1 * 6 + 1) * 6),
        (lambda: nn.ConvTranspose2d(1, 6, (2, 3), (1, 2)), image, 19 * (1 * 6 + 1) * 6),
        (lambda: nn.Conv1d(9, 6, 3), channels, (9 * 3 + 1) * 6),
        (lambda: nn.Conv1d(9, 6, 3, groups=3), channels, (3 * 3 + 1) * 6),
        (lambda: nn.Conv1d(9, 9, 3, groups=9, bias=False), channels, 3 * 9),
        (lambda: nn.ConvTranspose1d(9, 6, 3, groups=3), channels, (3 * 3 + 1) * 6),
        (lambda: nn.ConvTranspose1d(9, 6, 3, stride=2), channels, 2 * (9 * 3 + 1) * 6),
        (
            lambda: weight_norm(nn.Conv1d(9, 6, 3)),
            channels,
            (9 * 3 + 1) * 6,
        ),  # it makes a weight, once
        (
            lambda: nn.Sequential(nn.Conv1d(9, 6, 3), nn.BatchNorm1d(6)),
            channels,
            (9 * 3 + 1) * 6,
        ),  # it folds in
        (lambda: nn.LayerNorm(9), vectors, 4 * 9),
        (lambda: nn.GroupNorm(3, 9), channels, 4 * 9),
        (lambda: nn.PReLU(), channels, 9),
    ],
)
def test_each_kind_of_layer_has_a_closed_form(layer, seen_as, expected):
    network = OneLayer(layer(), seen_as)
    require_countable(network, 9)
    assert multiply_adds_per_frame(network, 9) == expected


@pytest.mark.parametrize(
    ("layer", "seen_as", "expected"),
    [
        (lambda: nn.Linear(18, 4), vectors, 18 * 4 + 4),
        (lambda: nn.Conv1d(18, 6, 3), channels, (18 * 3 + 1) * 6),
        (lambda: nn.Conv2d(2, 6, (2, 3), (1, 2)), image, 4 * (2 * 6 + 1) * 6),
        (lambda: nn.PReLU(), channels, 18),
    ],
)
def test_of_real_and_imaginary_parts_a_layer_sees_both(layer, seen_as, expected):
    network = OneLayer(layer(), seen_as)
    require_countable(network, 9, components=2)
    assert multiply_adds_per_frame(network, 9, components=2) == expected


def test_the_costs_of_a_network_are_those_for_the_components_of_its_target():
    def network(freqs, target):
        return PLDNN(freqs, target, stages=1, hidden=16, layers=1, context=2)

    for target, count in ((IAM(), 1), (ComplexMask(), 2)):
        enhancer = Enhancer(STFT(8000), target, network, RawLevel())
        expected = (3 * 81 * count + 1) * 16 + (16 + 1) * 81 * count
        told = costs(enhancer)
        assert told["macs_per_frame"] == told["parameters"] == expected


def test_a_layer_used_twice_counts_twice_and_its_parameters_once():
    shared = nn.Linear(9, 9)
    twice = OneLayer(nn.Sequential(shared, nn.ReLU(), shared))
    assert multiply_adds_per_frame(twice, 9) == 2 * (9 * 9 + 9)
    assert parameters(twice) == 9 * 9 + 9


class Gain(nn.Module):
    """Learned values, one per frequency."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(9))

    def forward(self, features):
        return self.gain * features


class CountedGain(Gain):
    """States what it costs."""

    def multiply_adds(self, inputs, output):
        (features,) = inputs
        return features.numel()


class LoudLinear(nn.Linear):
    """A linear layer that does something of its own."""

    def forward(self, features):
        return super().forward(features) @ self.weight


class NamedLinear(nn.Linear):
    """A linear layer under another name."""


class Behind(nn.Module):
    """Uses the weights of a layer without calling it."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(9, 4)

    def forward(self, features):
        return nn.functional.linear(features, self.hidden.weight)


class CountedBehind(Behind):
    """Says so."""

    def multiply_adds(self, inputs, output):
        return output.numel() * 9


class Listed(nn.Module):
    """Parameters in a list, which is never called."""

    def __init__(self):
        super().__init__()
        self.gains = nn.ParameterList([torch.ones(9)])

    def forward(self, features):
        return self.gains[0] * features


@pytest.mark.parametrize(
    ("network", "place"),
    [
        (
            lambda: OneLayer(nn.Sequential(nn.ReLU(), Gain())),
            r"OneLayer\.layer\.1: test_cost\.Gain has parameters",
        ),
        (
            lambda: OneLayer(LoudLinear(9, 9)),
            r"OneLayer\.layer: test_cost\.LoudLinear has parameters",
        ),
        (
            lambda: OneLayer(nn.Bilinear(9, 9, 4)),
            r"OneLayer\.layer: torch\.nn\.modules\.linear\.Bilinear has",
        ),
        (lambda: Gain(), r"^test_cost\.Gain has parameters"),
        (
            lambda: OneLayer(Behind()),
            r"OneLayer\.layer\.hidden: .*Linear has .* is not called while",
        ),
        (
            lambda: OneLayer(Listed()),
            r"OneLayer\.layer\.gains: .*ParameterList has .* is not called while",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_place_and_a_remedy(network, place):
    for refusing in (require_countable, multiply_adds_per_frame):
        with pytest.raises(ValueError, match=place) as caught:
            refusing(network(), 9)
        assert "a method multiply_adds(self, inputs, output) -> int" in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [(CountedGain, 9), (CountedBehind, 4 * 9), (lambda: NamedLinear(9, 4), 9 * 4 + 4)],
)
def test_a_layer_counts_as_its_class_says(layer, expected):
    network = OneLayer(nn.Sequential(nn.Linear(9, 9), layer()))
    require_countable(network, 9)
    assert multiply_adds_per_frame(network, 9) == 9 * 9 + 9 + expected


def test_counting_leaves_a_network_as_it_was():
    made = make("pl_crnn").float()
    made.stages[1].eval()
    modes, state = (
        [module.training for module in made.modules()],
        [value.clone() for value in made.state_dict().values()],
    )
    random = torch.get_rng_state()
    require_countable(made, 81)
    assert torch.equal(torch.get_rng_state(), random)
    multiply_adds_per_frame(made, 81)
    assert not any(module._forward_hooks for module in made.modules())
    assert [module.training for module in made.modules()] == modes
    assert all(torch.equal(*pair) for pair in zip(made.state_dict().values(), state, strict=True))


def test_time_is_per_second_of_audio_and_threads_are_given_back():
    calls, before = [], torch.get_num_threads()
    assert seconds_per_second(calls.append, 8000, seconds=2, repeats=3) > 0
    assert [call.shape for call in calls] == [(1, 16000)] * 4
    assert torch.get_num_threads() == before


def test_a_network_of_windows_counts_each_frame_in_the_two_windows_over_it():
    made = make("unet", rate=16000).float()
    layer = made.encoder[0][0]  # 1 to 16 channels, 3 x 3, on 161 frequencies padded to 176
    everything = multiply_adds_per_frame(made, 161)
    assert everything > 2 * 176 * (9 * layer.in_channels + 1) * layer.out_channels
    assert everything == pytest.approx(2 * multiply_adds_of_one_window(made) / made.frames)


def multiply_adds_of_one_window(network) -> float:
    whole = OneWindow(network)
    return multiply_adds_per_frame(whole, 161) * 128


class OneWindow(nn.Module):
    """The windows of a U-Net side by side, without overlap."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, mixture):
        return self.network._estimate(mixture.unfold(-1, 128, 128)[0].permute(2, 0, 1, 3))
