"""The floors of the house: what imports what, and how long a chain of imports is."""

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [  # from top to bottom
    ["hydra_plugins"],
    ["command"],
    ["reporting", "enhancing", "exporting", "tasks"],
    ["datagen", "models", "metrics"],
    ["audio"],
    ["dsp"],
    ["options", "files"],
    ["parallel", "text"],
]
FLOOR = {package: number for number, floor in enumerate(FLOORS) for package in floor}
REPORTING = [
    "pages",
    "figures",
    "tables",
    "scoring",
]  # from top to bottom; below them what stands in none of them
LONGEST = 14  # modules in a chain of imports, from a script down
OURS = sorted(path for package in FLOOR for path in (ROOT / package).rglob("*.py")) + sorted(
    ROOT.glob("*.py")
)


@functools.cache
def imports(path: Path) -> set[str]:
    """Packages and modules that a file imports, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ours(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)} & {
        *FLOOR,
        *(script.stem for script in ROOT.glob("*.py")),
    }


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down_only(path):
    package = path.relative_to(ROOT).parts[0]
    allowed = {package} | {name for name, floor in FLOOR.items() if floor > FLOOR.get(package, -1)}
    assert ours(path) <= allowed


@pytest.mark.parametrize("package", ["datagen", "models", "metrics"])
def test_the_three_in_the_middle_never_import_one_another(package):
    others = {"datagen", "models", "metrics"} - {package}
    assert not {path for path in (ROOT / package).rglob("*.py") if ours(path) & others}


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "reporting").rglob("*.py")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_reports_are_made_one_way(path):
    """Pages of figures of tables.

    And what is read out of scores.csv needs nothing of what made it.
    """
    folder = path.relative_to(ROOT / "reporting").parts[0]
    below = REPORTING[REPORTING.index(folder) :] if folder in REPORTING else []
    allowed = {*below} - ({"scoring"} if folder == "tables" else set())
    parts = {name.split(".")[1] for name in imports(path) if name.startswith("reporting.")}
    assert parts & {*REPORTING} <= allowed


def test_no_chain_of_imports_is_long():
    longest = max(map(chain, modules()), key=len)
    assert len(longest) <= LONGEST, " > ".join(longest)


@functools.cache
def modules() -> dict[str, set[str]]:
    """Our modules, and which of them each imports."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in OURS}
    found = {name: imports(path) for name, path in paths.items() if not name.endswith("__init__")}
    named = {
        name: {other for other in found if other in names or is_in(other, names)}
        for name, names in found.items()
    }
    return {name: others - {name} for name, others in named.items()}


def is_in(module: str, names: set[str]) -> bool:
    """Whether one of `names` is a thing in `module`."""
    return any(name.rpartition(".")[0] == module for name in names)


@functools.cache
def chain(module: str) -> tuple[str, ...]:
    """The longest chain of imports from a module down."""
    return (module, *max(map(chain, modules()[module]), key=len, default=()))


@pytest.mark.parametrize("path", sorted((ROOT / "dsp").rglob("*.py")), ids=lambda path: path.name)
def test_signal_code_is_pure_torch(path):
    assert {name.split(".")[0] for name in imports(path)} <= {
        "torch",
        "math",
        "collections",
        "typing",
        "dsp",
    }


def test_only_the_entry_and_the_door_know_hydra():
    outside = {*FLOOR} - {"hydra_plugins", "command", "models", "options"}
    assert not [
        path
        for path in OURS
        if path.relative_to(ROOT).parts[0] in outside
        and "hydra" in {n.split(".")[0] for n in imports(path)}
    ]


def test_every_package_is_on_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= {*FLOOR, "tests"}
