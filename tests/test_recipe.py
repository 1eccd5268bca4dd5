"""Every recipe of conf/recipe: its optimiser steps, and its rule of rises is one."""

import pytest
import tiny_run
import torch

from models.training import RuleOfRises
from options.build import build, maker

RECIPES = sorted(path.stem for path in (tiny_run.ROOT / "conf" / "recipe").glob("*.yaml"))


@pytest.mark.parametrize("name", RECIPES)
def test_the_optimiser_steps_and_the_rule_accompanies_a_training(name, tmp_path):
    recipe = tiny_run.config("train", [f"recipe={name}"], tmp_path).recipe
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = maker(recipe.optimizer, torch.optim.Optimizer)(params=[weight])
    weight.square().sum().backward()
    optimizer.step()
    assert (weight < 1).all() and weight.isfinite().all()
    rule = build(recipe.rule_of_rises, RuleOfRises, within="models.training")
    assert not rule.has_stopped()
