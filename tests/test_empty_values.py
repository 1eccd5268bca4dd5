"""`option=` without a value, such as from a variable of the shell that is not set, is refused."""

import pytest
import tiny_run
from omegaconf import OmegaConf
from test_config import MODELS

from command.check import check
from options.limits import Name

TEXTS = [
    (script, option)
    for script, model in MODELS.items()
    for option, field in model.model_fields.items()
    if field.annotation in (str, str | None, Name | None)
]


@pytest.mark.parametrize(("script", "option"), TEXTS)
def test_an_option_without_its_value_is_refused(script, option, tmp_path):
    cfg = tiny_run.config(script, [], tmp_path)
    for missing in OmegaConf.missing_keys(cfg):
        OmegaConf.update(cfg, missing, "something")
    cfg[option] = ""
    with pytest.raises(ValueError) as caught:
        check(cfg, MODELS[script])
    assert f"{option}: is empty; give a value, or leave out {option}=" in str(caught.value)
