"""What dsp and metrics offer is shown by an example in its docstring, and every example gives what stands there."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = [*ROOT.glob("dsp/[a-z]*.py"), *ROOT.glob("metrics/[a-z]*.py")]
MODULES = sorted(f"{path.parent.name}.{path.stem}" for path in FILES)


def examples(module):
    """Examples of a module, by the name of what they show."""
    found = doctest.DocTestFinder().find(module)
    return {
        shown.name.removeprefix(f"{module.__name__}."): shown for shown in found if shown.examples
    }


def offered(module):
    """Names of the public functions and classes that a module defines, errors left aside."""
    defined = inspect.getmembers(
        module, lambda thing: getattr(thing, "__module__", "") == module.__name__
    )
    kinds = {
        name: thing
        for name, thing in defined
        if inspect.isfunction(thing) or inspect.isclass(thing)
    }
    errors = {
        name
        for name, thing in kinds.items()
        if inspect.isclass(thing) and issubclass(thing, Exception)
    }
    return {name for name in kinds if not name.startswith("_")} - errors


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_stands_there(name):
    for example in examples(importlib.import_module(name)).values():
        lines = []
        failed = doctest.DocTestRunner().run(example, out=lines.append).failed
        assert not failed, "".join(lines)


@pytest.mark.parametrize("name", MODULES)
def test_all_that_is_public_has_an_example(name):
    module = importlib.import_module(name)
    assert offered(module) <= examples(module).keys()
