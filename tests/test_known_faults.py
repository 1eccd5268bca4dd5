"""Faults of libraries that a network of ours must not meet."""

import pytest
import torch

from models.networks.causal import CausalConv, CausalDeconv


def with_garbage(work):
    """`work` in bfloat16, after what a layer that reads too much would meet."""
    garbage = [torch.full((size,), torch.nan) for size in (256, 1024, 4096, 16384) * 10]
    del garbage
    with torch.autocast("cpu", torch.bfloat16):
        return work().float()


@pytest.mark.parametrize(
    ("make", "freqs"),
    [(lambda: CausalConv(2, 4), size) for size in (3, 4, 5)]
    + [(lambda: CausalDeconv(4, 2, 0), size) for size in (1, 2)]
    + [(lambda: CausalDeconv(4, 2, 1), size) for size in (1, 2)],
)
def test_layers_around_one_frequency_are_in_bfloat16_what_they_are_in_float32(make, freqs):
    torch.manual_seed(0)
    layer = make().eval()
    features = torch.randn(2, 2 if isinstance(layer, CausalConv) else 4, 51, freqs)
    past = layer.initial_past(2, freqs)
    expected, given = features.clone().requires_grad_(), features.clone().requires_grad_()
    layer(expected, past)[0].sum().backward()
    out = with_garbage(lambda: layer(given, past)[0])
    torch.testing.assert_close(out, layer(features, past)[0], atol=0.05, rtol=0)
    with_garbage(lambda: out.sum().backward() or out)
    torch.testing.assert_close(given.grad, expected.grad, atol=0.1, rtol=0)
