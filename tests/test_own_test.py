"""evaluate.py takes the test of its runs from them, and says which experiment reads a data_root."""

import pytest
import tiny_run
import yaml
from hydra import initialize_config_dir
from omegaconf import OmegaConf

import generate
from command.own_test import own_tests


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """The config of a training."""
    folder = tmp_path_factory.mktemp("run")
    cfg = tiny_run.config("train", tiny_run.overrides(data, folder), folder)
    return OmegaConf.create(OmegaConf.to_container(cfg, resolve=True))


@pytest.fixture
def two(trained, tmp_path):
    """Makes two folders that have configs of trainings, and nothing else that a test needs.

    The second differs in one option.
    """

    def two(changed):
        option, _, value = changed.partition("=")
        other = OmegaConf.merge(trained)
        OmegaConf.update(other, option, yaml.safe_load(value))
        for name, cfg in (("a", trained), ("b", other)):
            place = tmp_path / name / ".hydra" / "config.yaml"
            place.parent.mkdir(parents=True)
            place.write_text(OmegaConf.to_yaml(cfg))
        return tmp_path / "a", tmp_path / "b"

    return two


def on_test(tmp_path, *typed):
    return own_tests(tiny_run.config("evaluate", list(typed), tmp_path / "report"))[0].cfg


def test_a_run_is_tested_on_what_its_experiment_plan_and_seed_make(two, trained, tmp_path, capsys):
    one, _ = two("seed=1")
    own = on_test(tmp_path, f"runs=[{one}]")
    for option in ("plan", "speech", "noise", "sample_rate", "seed", "data_root"):
        assert own[option] == trained[option]
    assert own.output != trained.output
    assert capsys.readouterr().err == f"Tested as {one} was trained: folder, seed 0\n"


def test_what_is_typed_stands_whatever_the_run_has(two, tmp_path):
    one, _ = two("seed=1")
    moved = tmp_path / "moved"
    typed = ["plan.test=16", "seed=3", f"data_root={moved}", "+corpus@noise.unseen.x=nonspeech115"]
    own = on_test(tmp_path, f"runs=[{one}]", *typed)
    assert (own.plan.test, own.plan.train, own.seed) == (16, 12, 3)
    assert own.speech.train.folder.root == f"{moved}/speech"
    assert own.noise.unseen.keys() == {"folder", "x"}
    named = on_test(tmp_path, f"runs=[{one}]", "experiment=timit")
    assert named.plan.test == 800
    assert "timit" in named.speech.test


@pytest.mark.parametrize("option", ["network.hidden=8", "plan.train=24", "plan.noises=[0.5,0.5]"])
def test_runs_that_differ_in_what_no_test_depends_on_share_one(two, tmp_path, option):
    one, other = two(option)
    assert on_test(tmp_path, f"runs=[{one},{other}]").plan.test == 8


@pytest.mark.parametrize(
    ("option", "first", "remedy"),
    [
        ("seed=1", "seed=0", "type the one to test with, seed=0, or"),
        ("plan.test=16", "plan.test=8", "type the one to test with, plan.test=8, or"),
        ("noise.unseen.folder.kind=folder", "noise.unseen.folder.kind=file", "name the test by"),
    ],
)
def test_runs_that_disagree_on_the_test_are_told_apart_by_name(
    two, tmp_path, option, first, remedy
):
    one, other = two(option)
    with pytest.raises(ValueError) as caught:
        on_test(tmp_path, f"runs=[{one},{other}]")
    assert f"{one} was trained with {first}, {other} with {option}, so" in str(caught.value)
    assert remedy in str(caught.value)


def test_a_disagreement_is_settled_by_typing_the_option(two, tmp_path):
    one, other = two("seed=1")
    assert on_test(tmp_path, f"runs=[{one},{other}]", "seed=1").seed == 1


def test_a_data_root_without_experiment_names_those_that_find_their_folders_there(data, tmp_path):
    typed = [f"data_root={data}"]
    with pytest.raises(
        ValueError, match=r": name the experiment that reads it: experiment=folders$"
    ):
        generate.main(tiny_run.config("generate", typed, tmp_path))
    cfg = tiny_run.config("evaluate", typed, tmp_path)
    with (
        initialize_config_dir(str(tiny_run.ROOT / "conf"), version_base="1.3"),  # as Hydra runs it
        pytest.raises(ValueError, match=r"name the experiment that reads it: experiment=folders$"),
    ):
        own_tests(cfg)
    with pytest.raises(
        ValueError, match="name the experiment that reads it: none finds all of its"
    ):
        on_test(tmp_path, f"data_root={tmp_path / 'nowhere'}")
