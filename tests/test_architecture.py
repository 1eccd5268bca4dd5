import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [  # from top to bottom
    ["command"],
    ["reporting"],
    ["datagen", "models", "metrics"],
    ["audio"],
    ["dsp"],
    ["options", "files"],
    ["parallel"],
]
FLOOR = {package: number for number, floor in enumerate(FLOORS) for package in floor}
OURS = sorted(path for package in FLOOR for path in (ROOT / package).rglob("*.py")) + sorted(ROOT.glob("*.py"))


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
    return {name.split(".")[0] for name in imports(path)} & {*FLOOR, *(script.stem for script in ROOT.glob("*.py"))}


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down_only(path):
    package = path.relative_to(ROOT).parts[0]
    allowed = {package} | {name for name, floor in FLOOR.items() if floor > FLOOR.get(package, -1)}
    assert ours(path) <= allowed


@pytest.mark.parametrize("package", ["datagen", "models", "metrics"])
def test_the_three_in_the_middle_never_import_one_another(package):
    others = {"datagen", "models", "metrics"} - {package}
    assert not {path for path in (ROOT / package).rglob("*.py") if ours(path) & others}


@pytest.mark.parametrize("path", sorted((ROOT / "dsp").rglob("*.py")), ids=lambda path: path.name)
def test_signal_code_is_pure_torch(path):
    assert {name.split(".")[0] for name in imports(path)} <= {"torch", "math", "collections", "typing", "dsp"}


def test_only_the_entry_and_the_door_know_hydra():
    outside = {*FLOOR} - {"command", "models", "options"}
    assert not [
        path
        for path in OURS
        if path.relative_to(ROOT).parts[0] in outside and "hydra" in {n.split(".")[0] for n in imports(path)}
    ]


def test_every_package_is_on_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= {*FLOOR, "tests"}
