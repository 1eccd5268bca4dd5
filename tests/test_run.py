"""A run folder is the model, and what a stranger put into it is not executed."""

import pickle
import shutil
from pathlib import Path

import pytest
import torch
from tiny_run import corpus, fit

from files.atomic import write_atomic
from models.enhancer import Enhancer
from models.layouts import BEST
from models.run import load_run


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    data = corpus(tmp_path_factory.mktemp("corpus"))
    return fit(data, tmp_path_factory.mktemp("runs") / "run", "trainer.max_epochs=1")


@pytest.fixture
def run(trained, tmp_path) -> Path:
    """A copy to spoil."""
    return shutil.copytree(trained, tmp_path / "run")


def refused(run, kind=ValueError):
    with pytest.raises(kind) as caught:
        load_run(run)
    assert str(run) in str(caught.value) or "_target_" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def edit(run, old, new):
    path = run / ".hydra" / "config.yaml"
    text = path.read_text()
    assert old in text
    write_atomic(path, text.replace(old, new))


class Malice:
    """Unpickling it touches a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_a_loaded_run_has_its_best_weights_and_is_ready_to_enhance(trained):
    enhancer = load_run(trained)
    kept = torch.load(trained / BEST, weights_only=True)["state_dict"]
    assert isinstance(enhancer, Enhancer) and not enhancer.training
    assert all(torch.equal(kept[name], value) for name, value in enhancer.state_dict().items())
    assert enhancer.enhance(torch.rand(1, 999)).shape == (1, 999)


@pytest.mark.parametrize("protocol", ["torch", "pickle"])
def test_code_in_a_checkpoint_is_not_executed(run, tmp_path, protocol):
    executed = tmp_path / "executed"
    content = {"state_dict": {}, "extra": Malice(executed)}
    if protocol == "torch":
        torch.save(content, run / BEST)
    else:
        (run / BEST).write_bytes(pickle.dumps(content))
    assert "not a checkpoint of weights and plain values" in refused(run)
    assert not executed.exists()


@pytest.mark.parametrize(
    "content", [[1, 2], {"weights": {}}, {"state_dict": [1]}, {"state_dict": {"network.x": "text"}}]
)
def test_a_checkpoint_of_something_else_is_refused(run, content):
    torch.save(content, run / BEST)
    refused(run)


@pytest.mark.parametrize("kept", [0, 1, 2, 10, 100, 1000, -1000, -1])
def test_a_checkpoint_cut_short_is_refused(run, kept):
    (run / BEST).write_bytes((run / BEST).read_bytes()[:kept])
    refused(run)


@pytest.mark.parametrize(
    "content", [b"no checkpoint\n", b"\x80\x02}q\x00.", b"\xff" * 99, b"(dp0\n", b"cos\nsystem\n"]
)
def test_a_file_that_is_no_checkpoint_is_refused(run, content):
    (run / BEST).write_bytes(content)
    refused(run)


def test_weights_of_another_network_are_refused(run):
    edit(run, "hidden: 36", "hidden: 72")
    assert "another network than CRNN" in refused(run)


@pytest.mark.parametrize(
    "name",
    ["os.system", "models.run.load_run", "torch.hub.load", "models.networks.crnn.torch.load"],
)
def test_a_config_that_would_build_something_else_is_refused(run, name):
    edit(run, "_target_: models.networks.crnn.CRNN", f"_target_: {name}")
    assert f"_target_='{name}'" in refused(run)


def test_a_target_hidden_deeper_is_refused(run, tmp_path):
    edit(
        run,
        "hidden: 36",
        f"hidden: {{_target_: pathlib.Path.touch, _args_: ['{tmp_path / 'executed'}']}}",
    )
    assert "pathlib.Path.touch" in refused(run)
    assert not (tmp_path / "executed").exists()


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    assert "not a training run" in refused(tmp_path, FileNotFoundError)


def test_a_run_without_a_finished_epoch_is_refused_with_a_remedy(run):
    (run / BEST).unlink()
    assert f"resume={run}" in refused(run, FileNotFoundError)


@pytest.mark.parametrize(
    "content", ["", "[1, 2]", "text", "a: [", "seed: 0", "network: {}", "\x00"]
)
def test_a_config_of_something_else_is_refused(run, content):
    (run / ".hydra" / "config.yaml").write_text(content)
    with pytest.raises((ValueError, OSError)) as caught:
        load_run(run)
    assert "\n" not in str(caught.value)
