"""What is printed to be typed can be typed: the shell and Hydra make of it what it was."""

import shlex
from types import SimpleNamespace

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf
from tiny_run import overrides

from command.about import typed_command
from command.entry import options_last
from options.typed import typed

NASTY = [
    "a",
    "/x/y(1)",
    "a=b",
    "a#b",
    "it's",
    "[a]",
    "{a}",
    "a,b",
    "ä/ü",
    "null",
    "12",
    "1e5",
    "true",
    "NaN",
    "007",
    ".5",
]
NASTY += [
    "1_0",
    "$HOME",
    "${x}",
    "\\${x}",
    "~u",
    "a;b",
    "*",
    "?",
    "!",
    "-x",
    "a|b",
    "a&b",
    "<a>",
    "`x`",
    "a:b",
    "1:2",
    "a+b",
]
NASTY += [
    "a%b",
    "a@b",
    "日本",
    "a\\",
    "\\\\",
    "a\\b",
    'a\\"b',
    "a'b\"c",
    '""',
    "[1]",
    "a..b",
    "--a",
]
NASTY += [
    "a b",
    " a ",
    " ",
    "a\nb",
    "a\tb",
    "two  spaces",
    'say "x"',
    "a, b",
    "{a: b}",
    "x=[1, 2]",
    "a'\\",
]


@pytest.mark.parametrize("value", NASTY)
def test_a_printed_option_is_read_as_what_it_was(value):
    [argument] = shlex.split(typed("output", value))
    override = OverridesParser.create().parse_override(argument)
    read = OmegaConf.create({"output": override.value()}).output
    assert read == value and isinstance(read, str)


@pytest.mark.parametrize(
    "value", ["runs/pl_crnn", "/a/b-c_d.e", "outputs/train/2026-01-01_00-00-00-123456"]
)
def test_plain_paths_are_printed_as_they_are(value):
    assert typed("resume", value) == f"resume={value}"


@pytest.mark.parametrize(
    "value", ["/a (1)", "it's", "a=b", "ä", "a[1]", "{a", "a#b", "a,b", "${x}", "a\tb'"]
)
def test_an_option_that_hydra_cannot_read_is_answered_with_what_to_type(command, value):
    assert typed("data_root", value) in command.refused(f"data_root={value}")


def test_a_list_that_hydra_cannot_read_is_answered_with_its_items_quoted(command):
    assert """'runs=["/a (1)","/b"]'""" in command.refused("runs=[/a (1),/b]")


def test_a_word_is_answered_with_what_an_option_is(command):
    assert "resume: is no option=value" in command.refused("resume")


def test_a_number_for_a_folder_is_answered_with_text(data, command):
    assert """write 'start_from="12"'""" in command.refused(
        *overrides(data, command.folder), "start_from=12"
    )


def test_the_command_that_a_page_tells_can_be_pasted(monkeypatch):
    options = ["runs=[a,b]", 'pairs.pattern="(?P<clean>.+)_.*"', "seed=1"]
    config = SimpleNamespace(overrides=SimpleNamespace(task=options))
    monkeypatch.setattr("command.about.HydraConfig.get", lambda: config)
    assert shlex.split(typed_command("evaluate")) == ["evaluate.py", *options]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "seed=0,1", "~metric.sdr", "+a=1"],
        ["seed=0,1", "-m", "~metric.sdr", "+a=1"],
        ["seed=0,1", "~metric.sdr", "+a=1", "-m"],
    ],
)
def test_flags_may_stand_anywhere_among_the_options(arguments):
    assert options_last(arguments) == ["-m", "seed=0,1", "~metric.sdr", "+a=1"]


def test_a_flag_keeps_its_value():
    assert options_last(["network=unet", "--cfg", "job"]) == ["--cfg", "job", "network=unet"]
