"""A fault in the file of a network, or of an option, is a line that says where it is."""

import sys

import pytest
import tiny_run
from test_network_contract import CAUSAL, refused, written  # noqa: F401

from command.entry import start
from command.resume_check import require_an_end_ahead, require_its_own_folder

STATED = "    def multiply_adds(self, {}):\n        return {}\n\n    def initial_state"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("import nn\n", "import = nn\n", "line 2: SyntaxError: invalid syntax"),
        ("\nclass Written", "\nsize = 1 / 0\nclass Written", "ZeroDivisionError: division by zero"),
        ("nn.Linear(freqs, freqs)", "nn.Linear(freqs, None)", "line 8: TypeError: "),
        (
            "output = self",
            "output = 1 + no\n        output = self",
            "line 14: NameError: name 'no'",
        ),
        ("output = self", "a, b = mixture.shape; output = self", "line 14: ValueError: too many"),
        ("mixture.transpose(2, 3)", "mixture", "line 14: RuntimeError: "),
    ],
    ids=["syntax", "import", "constructor", "name", "value", "shape"],
)
def test_an_error_in_the_file_of_a_network_says_in_which_line(written, right, wrong, said):  # noqa: F811
    assert right in CAUSAL
    refusal = refused(written(CAUSAL.replace(right, wrong, 1)))
    assert "written.py, line " in refusal
    assert said in refusal
    assert refusal.endswith("; HYDRA_FULL_ERROR=1 before the command shows all of it")


@pytest.mark.parametrize(
    ("arguments", "result", "said"),
    [
        ("inputs", "1", "Written.multiply_adds: too many positional arguments; it must be "),
        ("inputs, output", "None", "Written.multiply_adds gives None; it must be "),
    ],
)
def test_a_cost_that_is_not_stated_as_it_must_be_is_refused(written, arguments, result, said):  # noqa: F811
    source = CAUSAL.replace("    def initial_state", STATED.format(arguments, result))
    refusal = refused(written(source))
    assert f"{said}multiply_adds(self, inputs, output) -> int" in refusal


@pytest.mark.parametrize("content", [b"a: [1\nb: : 3\n", b"a: \xff\n", b"- 1\n"])
def test_an_unreadable_yaml_is_named(content, tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "mine.yaml").write_bytes(content)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
    monkeypatch.setattr("command.entry.CONF", tmp_path / "conf")
    monkeypatch.setattr(sys, "argv", ["mine.py"])
    with pytest.raises(SystemExit) as caught:
        start(lambda cfg: None, "mine")
    line = str(caught.value)
    assert line.startswith("mine.py: ")
    assert "mine" in line.removeprefix("mine.py")
    assert "\n" not in line


def resuming(tmp_path, *typed):
    run = tmp_path / "run"
    run.mkdir()
    (run / "curve.csv").write_text("epoch,step\n1,4\n2,8\n3,12\n")
    return tiny_run.config("train", [f"resume={run}", *typed], run), run


def test_a_training_is_not_resumed_to_an_end_that_it_has_passed(tmp_path):
    cfg, run = resuming(tmp_path, "trainer.max_epochs=2")
    with pytest.raises(ValueError) as caught:
        require_an_end_ahead(cfg, run)
    assert str(caught.value).startswith(
        f"trainer.max_epochs=2: {run} has finished 3 epochs already"
    )
    cfg.trainer.max_epochs = 3
    require_an_end_ahead(cfg, run)


def test_a_resumed_training_has_no_other_output(tmp_path):
    cfg, run = resuming(tmp_path, f"output={tmp_path / 'other'}")
    with pytest.raises(
        ValueError, match=rf"leave output out, or begin .*: start_from={run} output="
    ):
        require_its_own_folder(cfg, run)
    cfg.output = str(run)
    require_its_own_folder(cfg, run)
