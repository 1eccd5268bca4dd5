"""What a config may instantiate, and what it is told where it cannot."""

import os
from functools import partial

import pytest
import pytorch_lightning as pl
from omegaconf import OmegaConf

from datagen.corpora.corpus import Corpus
from datagen.corpora.folder import Folder
from datagen.corpora.synthetic import Crowds
from options.build import build, maker

FOLDER = {"_target_": "datagen.corpora.folder.Folder", "root": "x"}


def refused(node, within="", match="is not a class or function of|cannot be loaded"):
    for form in (node, OmegaConf.create(node)):
        with pytest.raises(ValueError, match=match) as caught:
            maker(form, Corpus, within)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "target",
    [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "hydra.utils.get_method",
        "audio.reading.read",  # of the project, but not of the package
        "datagen.corpora",
        "datagen.corpora.",
        "datagen.corporate.evil",
        "datagen.corpora.folder.Path",
        "datagen.corpora.layout.audio_files.__globals__",
        "datagen.corpora.folder.LEVELS",
        "datagen.corpora.esc50.pd.read_pickle",
        "datagen.corpora.esc50.re",
        "datagen.corpora.nothing.here",
        "",
        None,
        7,
        ["os.system"],
    ],
)
def test_a_target_outside_the_package_is_refused(target):
    refused({**FOLDER, "_target_": target})


@pytest.mark.parametrize(
    ("target", "within"),
    [
        ("models.networks.crnn.os.system", "models.networks"),
        ("models.networks.crnn.torch.load", "models.networks"),
        ("models.networks.crnn.nn.Linear", "models.networks"),
        ("audio.reading.soundfile.write", "datagen"),
        ("datagen.scan.write_atomic", "datagen"),
        ("datagen.library.Library.__init__.__globals__", "datagen"),
    ],
)
def test_a_path_through_what_a_module_imports_is_refused(target, within):
    refused({"_target_": target}, within)


@pytest.mark.parametrize(
    "inner",
    [
        {"_target_": "os.system", "command": "true"},
        [{"_target_": "os.system"}],
        {"deeper": [{"still": {"_target_": "os.system"}}]},
    ],
)
def test_nested_targets_are_checked_too(inner):
    refused({**FOLDER, "name": inner})


@pytest.mark.parametrize("slashes", ["", "\\", "\\\\", "\\\\\\"])
@pytest.mark.parametrize("resolver", ["oc.create", "oc.decode"])
def test_no_target_comes_in_through_interpolation(slashes, resolver, monkeypatch):
    called = []
    monkeypatch.setattr(os, "getloadavg", lambda: called.append("called"))
    text = "{_target_:os.getloadavg}" if resolver == "oc.create" else "'{_target_: os.getloadavg}'"
    node = {**FOLDER, "name": f"{slashes}${{{resolver}:{text}}}"}
    for form in (node, OmegaConf.create(node)):
        try:
            maker(form, Corpus)
        except ValueError as error:
            assert "\n" not in str(error)
    assert called == []


@pytest.mark.parametrize("older", [{}, {"_partial_": True}, {"_partial_": False}])
def test_an_unknown_argument_is_told_with_those_there_are(older):
    refused(
        {**FOLDER, **older, "name": "x", "sauce": "file"},
        match=r"folder\.Folder: .*'sauce'; it takes root, name, ",
    )


def test_a_missing_argument_is_told_in_one_line_and_may_be_supplied():
    with pytest.raises(ValueError, match=r"^datagen\.corpora\.folder\.Folder: .*missing .*'name'$"):
        build(FOLDER, Corpus)
    assert build(FOLDER, Corpus, name="x").name == "x"


def test_an_argument_of_another_type_is_told_with_the_one_it_has():
    refused({**FOLDER, "name": 7}, match="^Folder: name=7: Input should be a valid string$")


@pytest.mark.parametrize("inner", [True, False])
def test_what_a_target_refuses_reaches_the_caller_as_it_is(inner):
    node = {**FOLDER, "name": "x", "source": "speaker"}
    if inner:
        node = {
            "_target_": "datagen.corpora.synthetic.Crowds",
            "root": "y",
            "speech": {"one": node},
            "test": {},
        }
    with pytest.raises(
        ValueError, match=r"^source='speaker' of x: must be one of file, folder, top$"
    ):
        build(node, Corpus)


def test_targets_within_a_config_are_made_first():
    test = {"one": {**FOLDER, "name": "x"}}
    made = build(
        {"_target_": "datagen.corpora.synthetic.Crowds", "root": "y", "speech": test, "test": test},
        Corpus,
    )
    assert isinstance(made, Crowds) and isinstance(made.speech["one"], Folder)


def test_a_config_becomes_a_call_with_plain_containers():
    made = maker(OmegaConf.create({**FOLDER, "name": ["a", {"b": 1}]}), Corpus)
    assert made.func is Folder
    assert made.keywords == {"root": "x", "name": ["a", {"b": 1}]}
    assert isinstance(made.keywords["name"], list) and type(made.keywords["name"][1]) is dict
    assert isinstance(partial(made), partial)


def test_a_node_without_a_target_is_refused():
    refused({"root": "x"}, match="has no _target_; choose one")


def test_of_lightning_a_trainer_alone_is_built():
    node = {"_target_": "pytorch_lightning.LightningModule"}
    with pytest.raises(ValueError, match=r"\.LightningModule is no Trainer: derive it from "):
        build(node, pl.Trainer, within="pytorch_lightning")
