"""The state of a stream as one vector of 32-bit numbers."""

import pytest
import torch

from models.level import RunningLevel
from models.packing import Packing

EXAMPLE = {
    "level": (torch.full((1, 1, 1), 2.5, dtype=torch.float64), torch.tensor(3)),
    "network": [torch.ones(2, 3), (torch.zeros(4),)],
}


def test_zeros_are_the_example_itself():
    packing = Packing(EXAMPLE)
    assert packing.size == 2 + 2 + 6 + 4
    state = packing.unpacked(torch.zeros(packing.size))
    torch.testing.assert_close(state, EXAMPLE, atol=0, rtol=0)
    assert not packing.packed(EXAMPLE).any()


def test_what_is_packed_comes_back_with_its_kinds_and_shapes():
    packing = Packing(EXAMPLE)
    generator = torch.Generator().manual_seed(0)
    state = {
        "level": (torch.full((1, 1, 1), 1e6 + 1 / 3, dtype=torch.float64), torch.tensor(2**40 + 1)),
        "network": [torch.randn(2, 3, generator=generator), (torch.randn(4, generator=generator),)],
    }
    vector = packing.packed(state)
    assert vector.dtype == torch.float32
    again = packing.unpacked(vector)
    torch.testing.assert_close(again["network"], state["network"], atol=1e-6, rtol=1e-6)
    assert again["level"][1].item() == 2**40 + 1
    assert again["level"][0].item() == pytest.approx(1e6 + 1 / 3, rel=2**-47)


def test_after_a_day_of_frames_a_level_still_moves_by_what_is_new():
    """In 32 bits alone a sum of 10 million frames would lose a frame that is small beside it."""
    level = RunningLevel()
    packing = Packing(level.initial_state(1))
    state = torch.full((1, 1, 1), 1e7, dtype=torch.float64), torch.tensor(10**7)
    packed = packing.unpacked(packing.packed(state))
    magnitude = torch.full((1, 5, 1), 0.3)
    _, (total, count) = level.advance(magnitude, packed)
    assert count.item() == 10**7 + 1
    assert total.item() - 1e7 == pytest.approx(0.09, rel=1e-5)


def test_another_kind_of_tensor_is_refused():
    with pytest.raises(ValueError, match=r"a state of torch.bool cannot be packed"):
        Packing((torch.tensor(True),))
