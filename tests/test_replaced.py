"""Folders appear whole or not at all."""

from pathlib import Path

import pytest

from files.replaced import replaced


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def fill(folder: Path, text: str) -> None:
    with replaced(folder) as new:
        (new / text).write_text(text)


@pytest.mark.parametrize("before", ["nothing", "empty", "full"])
def test_a_filled_folder_takes_the_place_of_what_stood_there(tmp_path, before):
    folder = tmp_path / "a" / "x"
    if before != "nothing":
        folder.mkdir(parents=True)
    if before == "full":
        fill(folder, "old")
    fill(folder, "new")
    assert content(folder) == {"new": "new"}
    assert [path.name for path in folder.parent.iterdir()] == ["x"]


def test_what_stood_there_stays_where_filling_fails_or_the_exchange_does(tmp_path, monkeypatch):
    fill(tmp_path / "x", "old")
    with pytest.raises(KeyboardInterrupt), replaced(tmp_path / "x") as new:
        (new / "half").write_text("half")
        raise KeyboardInterrupt
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError("full")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="full"):
        fill(tmp_path / "x", "new")
    assert content(tmp_path / "x") == {"old": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("empty", [True, False])
def test_what_a_kill_between_two_renames_left_aside_is_put_back(tmp_path, empty):
    """Where filling it again fails, too; whether or not an empty folder was made meanwhile."""
    aside = tmp_path / ".x.unfinished" / "old"
    aside.mkdir(parents=True)
    (aside / "old").write_text("old")
    if empty:
        (tmp_path / "x").mkdir()
    with pytest.raises(KeyboardInterrupt), replaced(tmp_path / "x"):
        raise KeyboardInterrupt
    assert content(tmp_path / "x") == {"old": "old"}


def test_two_processes_do_not_fill_one_folder(tmp_path):
    with (
        replaced(tmp_path / "x"),
        pytest.raises(ValueError, match=r"\.x\.unfinished"),
        replaced(tmp_path / "x"),
    ):
        pass
