import os
from functools import partial

import pytest
from omegaconf import OmegaConf

from datagen.corpora.folder import folder
from datagen.mix import mix
from options.build import build

FOLDER = {"_target_": "datagen.corpora.folder.folder", "_partial_": True, "root": "x"}


def refused(node, within="datagen.corpora", match="is not a class or function of|cannot be loaded"):
    for form in (node, OmegaConf.create(node)):
        with pytest.raises(ValueError, match=match) as caught:
            build(form, within)
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
        "datagen.corpora.folder.audio_files.__globals__",
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
            build(form, "datagen.corpora")
        except ValueError as error:
            assert "\n" not in str(error)
    assert called == []


@pytest.mark.parametrize("partially", [True, False])
def test_an_unknown_argument_is_told_with_those_there_are(partially):
    refused(
        {**FOLDER, "_partial_": partially, "name": "x", "sauce": "file"},
        match=r"folder\.folder: .*'sauce'; it takes root, name, source, kind, sex",
    )


def test_a_missing_argument_is_told_in_one_line():
    made = build({"_target_": "datagen.mix.mix", "_partial_": True, "clean": 1}, "datagen")
    assert made.func is mix
    with pytest.raises(ValueError, match=r"datagen\.mix\.mix: .*missing .*'gain_db'"):
        build({"_target_": "datagen.mix.mix", "_partial_": True, "clean": 1}, "datagen", noise=1, snr_db=1)


def test_what_a_target_refuses_reaches_the_caller_as_it_is(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        build({**FOLDER, "_partial_": False, "root": str(tmp_path / "no"), "name": "x"}, "datagen.corpora")


def test_a_config_becomes_a_call_with_plain_containers():
    made = build(OmegaConf.create({**FOLDER, "name": ["a", {"b": 1}]}), "datagen.corpora")
    assert made.func is folder
    assert made.keywords == {"root": "x", "name": ["a", {"b": 1}]}
    assert isinstance(made.keywords["name"], list) and type(made.keywords["name"][1]) is dict
    assert isinstance(partial(made), partial)


def test_a_node_without_a_target_is_refused():
    refused({"root": "x"}, match="has no _target_; choose one")
