"""Every option of every folder of conf/ composes and passes the check of what may be typed."""

import pytest
import tiny_run
from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from parsed_once import PARSED

from command.check import check
from command.composing_schema import ComposeConfig
from command.enhancing_schema import EnhanceConfig
from command.evaluate_schema import EvaluateConfig
from command.exporting_schema import ExportConfig
from command.generate_schema import GenerateConfig
from command.lines_schema import LinesConfig
from command.message import one_line
from command.publishing_schema import PublishConfig
from command.train_schema import TrainConfig

CONF = tiny_run.ROOT / "conf"
MODELS = {
    "generate": GenerateConfig,
    "train": TrainConfig,
    "evaluate": EvaluateConfig,
    "lines": LinesConfig,
    "publish": PublishConfig,
    "export": ExportConfig,
    "enhance": EnhanceConfig,
    "compose": ComposeConfig,
}
GROUPS = {
    "generate": ("experiment", "plan"),
    "train": (
        "task",
        "experiment",
        "plan",
        "network",
        "target",
        "level",
        "recipe",
        "data",
        "trainer",
        "search",
    ),
    "evaluate": ("experiment", "plan", "pairs"),
    "lines": ("study",),
}
SHARED = {"common", "speech"}  # root yamls that those of scripts begin with
NEEDED = {("data", "rendered"): "data.folder"}
NEEDED |= {
    ("pairs", layout): "pairs.root" for layout in ("dns", "noizeus", "rendered", "voicebank")
}
TESTS_ALONE = {"pairs", "recordings"}  # experiments of evaluate.py
CHOICES = [
    (script, group, path.stem)
    for script, groups in GROUPS.items()
    for group in groups
    for path in sorted((CONF / group).glob("*.yaml"))
    if script == "evaluate" or path.stem not in TESTS_ALONE
]


@pytest.mark.parametrize(("script", "group", "option"), CHOICES)
def test_every_option_is_a_valid_config(script, group, option, tmp_path):
    folder = NEEDED.get((group, option))
    needed = [f"{folder}={tmp_path}"] if folder else []
    cfg = tiny_run.config(script, [f"{group}={option}", *needed], tmp_path)
    check(cfg, MODELS[script])


def test_a_yaml_that_changes_is_parsed_again_and_every_composition_has_its_own_copy(tmp_path):
    """See tests/parsed_once.py."""
    for value in (1, 22):
        (tmp_path / "root.yaml").write_text(f"part: {{value: {value}}}")
        with initialize_config_dir(str(tmp_path), version_base="1.3"):
            for _ in range(2):
                cfg = compose("root")
                assert cfg.part.value == value
                cfg.part.value = 3
    of_this = [key for key in PARSED if str(tmp_path) in key[1]]
    assert len(of_this) == 2


@pytest.mark.parametrize("script", MODELS)
def test_a_root_yaml_has_the_options_of_its_schema_and_no_others(script, tmp_path):
    assert set(tiny_run.config(script, [], tmp_path)) == set(MODELS[script].model_fields)


def test_every_root_yaml_belongs_to_a_script():
    assert {path.stem for path in CONF.glob("*.yaml")} == {*MODELS, *SHARED}
    assert all((tiny_run.ROOT / f"{script}.py").exists() for script in MODELS)


def test_every_folder_of_options_is_swept_here_or_named_by_the_experiments():
    folders = {path.name for path in CONF.iterdir() if path.is_dir()}
    assert folders - {*sum(GROUPS.values(), ())} == {
        "corpus",
        "metric",
        "download",
        "baseline",
        "schedule",
        "loss",
        "hydra",  # launchers, tests/test_launchers.py
        "tunes",
        "tagger",
    }


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("+baseline@baselines.my tool=files", "write +baseline@baselines.my_tool=files"),
        ("experiment=pairs,recordings", "choose one of them, as experiment=pairs; for a sweep"),
        ("title=a,b", "for one text write 'title=\"a,b\"'"),
    ],
)
def test_an_option_that_hydra_cannot_read_has_a_remedy(typed, remedy):
    with pytest.raises(HydraException) as refused:
        tiny_run.config("evaluate", [typed], "out")
    assert remedy in one_line(refused.value)


def test_a_file_in_place_of_the_output_is_named_with_a_remedy(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError) as refused:
        (tmp_path / "file").mkdir()
    assert one_line(refused.value).endswith(
        "file: is a file, and a folder is expected; choose another output"
    )


def test_an_experiment_of_another_script_is_said_to_be_one():
    with pytest.raises(HydraException) as refused:
        tiny_run.config("train", ["experiment=pairs"], "out")
    assert one_line(refused.value).startswith(
        "experiment=pairs: is for another script, as this one has no pairs=;"
    )
