"""Every option of every folder of conf/ composes and passes the check of what may be typed."""

import pytest
import tiny_run

from command.check import check
from command.lines_schema import LinesEvaluateConfig, TonalGenerateConfig
from command.schema import EvaluateConfig, GenerateConfig, TrainConfig

CONF = tiny_run.ROOT / "conf"
MODELS = {"generate": GenerateConfig, "train": TrainConfig, "evaluate": EvaluateConfig}
GROUPS = {
    "generate": ("experiment", "plan"),
    "train": ("experiment", "plan", "network", "target", "level", "recipe", "data", "trainer"),
    "evaluate": ("experiment", "plan"),
}
CHOICES = [
    (script, group, path.stem)
    for script, groups in GROUPS.items()
    for group in groups
    for path in sorted((CONF / group).glob("*.yaml"))
]


LINES = {"generate": TonalGenerateConfig, "evaluate": LinesEvaluateConfig}  # what tones in noise are for


def is_lines(group, option):
    return (group, option) == ("plan", "lines") or (group == "experiment" and option.startswith("lines"))


@pytest.mark.parametrize(("script", "group", "option"), CHOICES)
def test_every_option_is_a_valid_config(script, group, option, tmp_path):
    needed = [f"data.folder={tmp_path}"] if option == "rendered" else []
    cfg = tiny_run.config(script, [f"{group}={option}", *needed], tmp_path)
    if not is_lines(group, option):
        check(cfg, MODELS[script])
    elif script == "train" or (script, group) == ("evaluate", "plan"):
        with pytest.raises(ValueError, match="plan=lines: tones in noise are for"):
            check(cfg, MODELS[script])
    else:
        check(cfg, LINES[script])


def test_every_folder_of_options_is_swept_here_or_named_by_the_experiments():
    folders = {path.name for path in CONF.iterdir() if path.is_dir()}
    assert folders - {*sum(GROUPS.values(), ())} == {"corpus", "metric", "download", "baseline"}
