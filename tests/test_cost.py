import pytest
import torch
from test_networks import make
from torch import nn

from models.cost import multiply_adds_per_frame, parameters, seconds_per_second
from reporting.tables.published import pl_crnn_costs

TABLE_6 = pl_crnn_costs().set_index(["network", "stages"]).astype(float)


@pytest.mark.parametrize(("network", "stages"), TABLE_6.index)
def test_costs_are_those_of_the_paper(network, stages):
    printed, made = TABLE_6.loc[(network, stages)], make(network, rate=16000, stages=stages).float()
    assert multiply_adds_per_frame(made, 161) / 1e6 == pytest.approx(printed.macs_per_frame, rel=0.005)
    assert parameters(made) / 1e6 == pytest.approx(printed.parameters, abs=0.011)  # printed with two digits


class OneLayer(nn.Module):
    """[batch, freq, frame] through one layer."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, magnitude):
        if isinstance(self.layer, nn.Conv2d | nn.ConvTranspose2d):
            return self.layer(magnitude.transpose(1, 2).unsqueeze(1))
        return self.layer(magnitude.transpose(1, 2))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Linear(9, 4), 9 * 4 + 4),
        (nn.LSTM(9, 5, 2, batch_first=True), 4 * 5 * (9 + 5) + 40 + 4 * 5 * (5 + 5) + 40),
        (nn.Conv2d(1, 6, (2, 3), (1, 2)), 4 * (1 * 6 + 1) * 6),
        (nn.ConvTranspose2d(1, 6, (2, 3), (1, 2)), 19 * (1 * 6 + 1) * 6),
    ],
)
def test_each_kind_of_layer_counts_as_the_paper_counts_it(layer, expected):
    assert multiply_adds_per_frame(OneLayer(layer), 9) == expected


def test_a_layer_used_twice_counts_twice_and_its_parameters_once():
    shared = nn.Linear(9, 9)
    twice = OneLayer(nn.Sequential(shared, nn.ReLU(), shared))
    assert multiply_adds_per_frame(twice, 9) == 2 * (9 * 9 + 9)
    assert parameters(twice) == 9 * 9 + 9


def test_counting_leaves_no_hook_behind():
    made = make("pl_crnn").float()
    multiply_adds_per_frame(made, 81)
    assert not any(module._forward_hooks for module in made.modules())


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

    def forward(self, magnitude):
        return self.network._estimate(magnitude.unfold(-1, 128, 128)[0].permute(1, 0, 2))
