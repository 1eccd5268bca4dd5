"""The commands in messages that install an extra."""

import ast
import shlex
import tomllib
from pathlib import Path

import pytest

from options import extras

ROOT = Path(__file__).parent.parent
ROOMS = sorted(path.parent for path in ROOT.glob("*/__init__.py"))


def named_extras():
    """Every extra that a message of the project offers to install, with its file."""
    for room in ROOMS:
        for path in room.rglob("*.py"):
            if "install(" not in path.read_text():
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "install":
                    yield node.args[0].value, path.relative_to(ROOT)


@pytest.mark.parametrize(("extra", "path"), [*named_extras()], ids=str)
def test_an_extra_of_a_message_is_in_pyproject(extra, path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert extra in project["optional-dependencies"]


def test_the_command_names_the_project_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert extras.install("mos") == "pip install -e '.[mos]'"
    monkeypatch.chdir(tmp_path)
    words = shlex.split(extras.install("mos"))
    assert words == ["pip", "install", "-e", f"{ROOT.resolve()}[mos]"]
