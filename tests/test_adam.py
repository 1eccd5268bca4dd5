"""Adam as torch.optim has it, without what that imports."""

import torch

from models.baselines.adam import Adam


def test_it_takes_the_steps_of_pytorchs():
    ours = torch.linspace(-1, 1, 7).requires_grad_()
    theirs = ours.detach().clone().requires_grad_()
    adam, reference = Adam([ours], 0.03), torch.optim.Adam([theirs], 0.03)
    for step in range(20):
        for weights in (ours, theirs):
            ((weights - step) ** 4).sum().backward()
        adam.step()
        reference.step()
        reference.zero_grad()
    torch.testing.assert_close(ours, theirs)
