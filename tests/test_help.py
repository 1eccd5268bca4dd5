"""--help, completion and a typo are answered without PyTorch, by the comments that conf/ carries."""

import functools
import re
import shlex
import subprocess
import sys

import pytest
import tiny_run

from command.comments import comments, headline
from command.composed import composed, options
from command.front import remedy
from command.help import help_text
from command.suggestion import closest, suggesting

CONF = tiny_run.ROOT / "conf"
SCRIPTS = sorted(path.stem for path in tiny_run.ROOT.glob("*.py"))
FOLDERS = {"download": CONF / "download"}


def folder(script):
    return FOLDERS.get(script, CONF)


@functools.cache
def asked(script, *typed):
    return help_text(script, folder(script), [*typed, "--help"])


@functools.cache
def described(script):
    return composed(script, folder(script))


def in_words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_says_what_a_script_does_in_examples_that_compose(script):
    text = asked(script)
    assert text.startswith(f"python {script}.py: ")
    head = comments(folder(script) / f"{script}.yaml").head
    examples = [line.strip() for line in head if line.startswith("  python ")]
    assert len(examples) >= 3
    for example in examples:
        assert example in text
        name, *typed = shlex.split(example)[1:]
        assert name == f"{script}.py"
        assert all(there_is(script, item) for item in typed if item != "-m")


def there_is(script, item):
    """Whether a script has the option of `item`, and of a group the choices."""
    option, _, values = item.lstrip("+").partition("=")
    groups = {choice.key: choice.options for choice in described(script).choices}
    if option in groups:
        return set(values.split(",")) <= set(groups[option])
    if "@" in option:
        group, _, _ = option.partition("@")
        return (CONF / group / f"{values}.yaml").exists()
    return option in {one.name for one in options(described(script).cfg)}


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_has_every_option_of_the_script_and_what_the_yaml_says_of_it(script):
    text = asked(script)
    listed = [option for option in options(described(script).cfg) if not option.holds]
    for option in listed:
        is_shown = f"  {option.name}=" in text
        assert is_shown is not option.name.endswith("_target_"), option.name
    words = in_words(text)
    for source in described(script).sources:
        if source.package in ("", "plan"):
            beside = comments(source.path).beside
            top = {name: said for name, said in beside.items() if "." not in name}
            assert all(said in words for said in top.values() if said != "likewise")


def test_help_is_about_what_is_typed_beside_it():
    text = asked("train", "-m", "network=unet", "recipe.optimizer.lr=0.3")
    assert "* unet" in text
    assert "network.dropout=0.5" in text
    assert "network.hidden=" not in text
    assert "recipe.optimizer.lr=0.3" in text


def test_help_tells_where_a_value_comes_from():
    assert re.search(r"data\.batch_size=16 +as recipe\.batch_size\n", asked("train"))


def test_every_choice_that_help_lists_has_a_line_of_its_own():
    for script in SCRIPTS:
        for choice in described(script).choices:
            if "@" not in choice.key:
                place = folder(script) / choice.group
                assert all(headline(place / f"{option}.yaml") for option in choice.options)


def test_comments_stand_beside_or_above_an_option_whatever_its_value_holds(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(
        "# @package _global_\n# First, of all. Second.\n# python x.py\n\n# over a\na: 'x # y' # beside a\n"
        "b: # beside b\n  c: [1, 2] # beside c\n  d: # over nothing\n    - 1\n  e: # of a list\n    - 2\nf: null\n"
    )
    found = comments(path)
    assert found.above == {"a": "over a"}
    assert found.beside == {
        "a": "beside a",
        "b": "beside b",
        "b.c": "beside c",
        "b.d": "over nothing",
        "b.e": "of a list",
    }
    assert headline(path) == "First, of all"


PYTHON = (
    "import runpy, sys; from pathlib import Path; sys.argv = sys.argv[1:]\n"
    "sys.path.insert(0, str(Path(sys.argv[0]).parent))\n"
    "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
    "finally: print([name for name in ('torch', 'pandas') if name in sys.modules], file=sys.stderr)"
)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--help", "train a network on a mixing plan"),
        ("lr=0.01", "train.py: lr: no such option; did you mean recipe.optimizer.lr?\n"),
        ("-sc query=bash", "network=pl_crnn network=pl_dnn network=pl_lstm"),
    ],
)
def test_what_needs_no_training_is_answered_without_torch(typed, said, tmp_path, monkeypatch):
    monkeypatch.setenv("COMP_LINE", "python train.py network=pl_")
    command = [sys.executable, "-c", PYTHON, str(tiny_run.ROOT / "train.py"), *typed.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert said in done.stdout + done.stderr
    assert done.stderr.startswith("[]") or "\n[]" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("script", "typed", "said"),
    [
        ("train", ["batch_size=3"], "did you mean recipe.batch_size or data.batch_size?"),
        ("train", ["netwrk=crnn"], "netwrk: no such option; did you mean network?"),
        ("train", ["network=unet", "droput=0.1"], "did you mean network.dropout?"),
        ("train", ["network=pl_crn"], "no such option of network; did you mean pl_crnn? there are crnn,"),
        ("train", ["trainer.detect_anomaly=true"], "is added by +trainer.detect_anomaly="),
        ("train", ["~plan.trian"], "plan.trian: no such option; did you mean plan.train?"),
        ("generate", ["qqq=1"], "qqq: no such option; '--help' lists the options"),
        ("download", ["corpsu=esc50"], "corpsu: no such option; did you mean corpus?"),
    ],
)  # fmt: skip
def test_a_typo_is_answered_by_what_was_meant(script, typed, said):
    with pytest.raises(ValueError) as caught, suggesting(script, folder(script), typed):
        composed(script, folder(script), typed)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_was_meant_is_looked_for_at_the_end_of_names_first_then_beside_them():
    there = ["a.lr", "b.c.lr", "b.count", "d", "b"]
    assert closest("lr", there) == ["a.lr", "b.c.lr"]
    assert closest("c.lr", there) == ["b.c.lr"]
    assert closest("b.cuont", there) == ["b.count"]
    assert closest("b.lr", there) == ["a.lr", "b.c.lr"]
    assert closest("something", there) == []


def test_without_the_environment_a_script_says_how_to_come_by_it(tmp_path):
    command = [sys.executable, "-S", "-E", str(tiny_run.ROOT / "train.py"), "lr=1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert re.fullmatch(
        r"train\.py: the package \w+ is not installed for \S+; type: .+\n", done.stderr
    )


def test_the_environment_is_activated_where_it_is_there_and_made_where_not(tmp_path, monkeypatch):
    made = f"make -C {tmp_path} install && source {tmp_path}/.venv/bin/activate"
    assert remedy(tmp_path) == f"type: {made}"
    monkeypatch.chdir(tmp_path)
    assert remedy(tmp_path) == "type: make install && source .venv/bin/activate"
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready").touch()
    assert remedy(tmp_path) == "type: source .venv/bin/activate"
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert remedy(tmp_path).endswith(f"-m pip install --editable {tmp_path}")
