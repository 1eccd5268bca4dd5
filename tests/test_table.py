"""Tables on disk: read back as written, and refused where they are damaged."""

import subprocess

import numpy as np
import pandas as pd
import pytest

from files import sums
from files.schema import Schema
from files.sums import SUMS
from files.table import OptionalFloat, csv_text, keep, read_table, recall, write_tables

COLUMNS = {"name": str, "count": int, "level": float, "loss": OptionalFloat, "seen": bool}
NAMES = [
    "plain", "", " ", " both ", "NA", "nan", "None", "True", "1", "01", "1e3", "-", "#", "# sha256 ", "a,b", "a;b",
    "a\tb", '"', '""', 'a"b', "'", "\r", "a\rb", "\n", "a\nb", "\r\n", "a\r\nb\r", "\\", "\\n", "é", "e\u0301", "日本",
    "\ufeff", "\u2028", "\x85", "\x0b", "\x1b[31m", "\x01", "\udcff", "a\udc80b", "=1+1", "${x}", "🎙",
]  # fmt: skip
TROUBLE = "run it again"


def some(names: list[str] = NAMES) -> pd.DataFrame:
    values = np.random.default_rng(0).standard_normal(len(names)) * 10.0 ** np.arange(len(names))
    columns = {
        "name": names,
        "count": range(len(names)),
        "level": values,
        "loss": np.where(values < 0, np.nan, values),
    }
    return pd.DataFrame({**columns, "seen": values < 0})


@pytest.mark.parametrize("names", [NAMES, [], ["one"], *([name] for name in NAMES)], ids=ascii)
def test_what_is_read_back_is_what_was_written(tmp_path, names):
    write_tables(tmp_path, {"a.csv": some(names)})
    keep(tmp_path / "b", some(names))
    for read in (read_table(tmp_path / "a.csv", COLUMNS, TROUBLE), recall(tmp_path / "b", COLUMNS)):
        for column, values in some(names).items():
            np.testing.assert_array_equal(read[column].to_numpy(), values.to_numpy())
        assert read["count"].dtype == int and read.seen.dtype == bool and read.loss.dtype == float


def test_a_table_that_is_read_some_rows_at_a_time_is_the_same_and_its_rows_are_counted_on(
    tmp_path, monkeypatch
):
    table = some([*NAMES, *NAMES])
    whole = csv_text(table)
    for module in ("files.cells", "files.table"):
        monkeypatch.setattr(f"{module}.GROUP", 4)
    assert csv_text(table) == whole
    write_tables(tmp_path, {"a.csv": table})
    read = read_table(tmp_path / "a.csv", COLUMNS, TROUBLE)
    pd.testing.assert_frame_equal(read, table, check_dtype=False)
    assert list(read.index) == list(range(len(table)))
    assert read.name[len(NAMES)] is read.name[0]  # equal text is there once
    rows = csv_text(some(list("abcdef"))).replace("f,5,", "f,five,")
    (tmp_path / "b.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(ValueError, match="row 7: count is 'five', not a whole number"):
        read_table(tmp_path / "b.csv", COLUMNS, TROUBLE)


def test_plain_tables_are_plain_csv():
    header, first, second = csv_text(some(["a", "b, c"])).splitlines()
    assert header == "name,count,level,loss,seen"
    assert first == f"a,0,{some()['level'][0]},{some()['level'][0]},False"
    assert second.startswith('"b, c",1,-1.32')


def test_the_sums_are_those_that_sha256sum_checks(tmp_path):
    write_tables(tmp_path, {"a.csv": some(), "b.csv": some(["x"])})
    done = subprocess.run(
        ["sha256sum", "-c", SUMS], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "a.csv: OK\nb.csv: OK\n"


def refused(path, columns=COLUMNS) -> str:
    with pytest.raises((ValueError, OSError)) as caught:
        read_table(path, columns, TROUBLE)
    told = str(caught.value)
    assert told.startswith(f"{path}: ") or told.startswith(f"{path.parent / SUMS}: ")
    assert TROUBLE in told and "\n" not in told
    return told


HEADER = "name,count,level,loss,seen\n"
ROWS = "x,0,0.5,,True\ny,1,1.5,2.5,False\n"
DAMAGES = [
    ("", "is empty"),
    ("\n", "begins with '', not with the names of columns name,count"),
    ("\x89PNG\r\n\x1a\n\x00\x00\udcff\n", "begins with '\\x89PNG"),
    ("no table at all\n", "begins with 'no table at all', not with the names"),
    ((HEADER + ROWS).replace(",", ";"), "begins with 'name;count;level;loss;seen', not with"),
    ((HEADER + ROWS).replace(",", "\t"), "begins with 'name\\tcount"),
    (ROWS, "begins with 'x,0,0.5,,True', not with the names"),
    (HEADER + ROWS[:-1], "ends in the middle of a row"),
    (HEADER + ROWS[:-3], "ends in the middle of a row"),
    (HEADER + ROWS + "z,2\n", "row 4 has 2 cells, the header 5"),
    (HEADER + "x,0,0.5,,True,1\n", "row 2 has 6 cells, the header 5"),
    (HEADER + "x,0,0,5,,True\n", "row 2 has 6 cells, the header 5"),
    (HEADER + "\n" + ROWS, "row 2 has 1 cells, the header 5"),
    (HEADER + '"x,0,0.5,,True\n', "line 2: unexpected end of data"),
    (HEADER + '"x"y,0,0.5,,True\n', "line 2: "),
    (HEADER + "x,a,0.5,,True\n", "row 2: count is 'a', not a whole number"),
    (HEADER + ROWS + "x,1.0,0.5,,True\n", "row 4: count is '1.0', not a whole number"),
    (HEADER + "x,99999999999999999999,0.5,,True\n", "count is '99999999999999999999', not"),
    (HEADER + "x,,0.5,,True\n", "count is '', not a whole number"),
    (HEADER + "x,0,,,True\n", "row 2: level is '', not a finite number"),
    (HEADER + "x,0,nan,,True\n", "level is 'nan', not a finite number"),
    (HEADER + "x,0,inf,,True\n", "level is 'inf', not a finite number"),
    (HEADER + "x,0,0.5,q,True\n", "loss is 'q', not a number or empty"),
    (HEADER + "x,0,0.5,,WAHR\n", "seen is 'WAHR', not True or False"),
    ("name,count,level,loss\nx,0,0.5,\n", "has no column seen; its columns are name, count"),
    (
        "name,count,level,loss,seen,more\nx,0,0.5,,True,1\n",
        "has a column too many: more; its columns",
    ),
    (
        "name,count,loss,level,seen\nx,0,,0.5,True\n",
        "its columns are name, count, loss, level, seen; they must be",
    ),
    (
        "name,count,level,level,loss,seen\nx,0,1,0.5,,True\n",
        "its columns are name, count, level, level",
    ),
]


@pytest.mark.parametrize(("text", "told"), DAMAGES)
def test_what_is_no_such_table_is_refused_in_one_line(tmp_path, text, told):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert told in refused(path)
    write_tables(tmp_path, {"a.csv": some()})
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert (
        f"its checksum is not that in SHA256SUMS; {TROUBLE}, or remove {tmp_path / SUMS}"
        in refused(path)
    )
    (tmp_path / SUMS).unlink()
    assert told in refused(path)


@pytest.mark.parametrize("kept", [*range(0, 60, 7), -1, -5, -40])
def test_a_table_cut_anywhere_is_seen(tmp_path, kept):
    for write, read in (
        (lambda path: write_tables(path.parent, {path.name: some()}), refused),
        (lambda path: keep(path, some()), lambda path: recall(path, COLUMNS) is None),
    ):
        path = tmp_path / "a.csv"
        write(path)
        path.write_bytes(path.read_bytes()[:kept])
        assert read(path)


def test_a_kept_table_that_is_changed_missing_or_of_other_columns_is_not_trusted(tmp_path):
    path = tmp_path / "a.csv"
    assert recall(path, COLUMNS) is None
    keep(path, some(["x", "y"]))
    assert recall(path, {"name": str}) is None
    path.write_text(path.read_text().replace("y,1", "y,2"))
    assert recall(path, COLUMNS) is None


@pytest.mark.parametrize("text", ["", "what\n", "0" * 64, f"{'0' * 64}  a.csv"])
def test_damaged_sums_are_refused_or_say_nothing_and_are_mended_by_writing(tmp_path, text):
    write_tables(tmp_path, {"a.csv": some()})
    (tmp_path / SUMS).write_text(text)
    if text:
        assert "SHA256SUMS: is not a list of checksums" in refused(tmp_path / "a.csv")
    write_tables(tmp_path, {"a.csv": some()})
    assert len(read_table(tmp_path / "a.csv", COLUMNS, TROUBLE)) == len(NAMES)


def test_a_byte_order_mark_and_older_tables_are_taken_as_they_are_meant(tmp_path):
    (tmp_path / "a.csv").write_text("name,count,level,loss\nx,0,0.5,\n", encoding="utf-8-sig")
    assert read_table(
        tmp_path / "a.csv", Schema(COLUMNS, {"seen": True}), TROUBLE
    ).seen.tolist() == [True]


def test_columns_of_older_tables_become_those_of_today_and_others_stay_as_text(tmp_path):
    def renamed(cells):
        return {"count" if name == "number" else name: column for name, column in cells.items()}

    (tmp_path / "a.csv").write_text("name,number,01,note\nx,3,01,\ny,4,1e3,NA\n")
    schema = Schema({"name": str, "count": int, "seen": bool}, {"seen": False}, renamed, more=True)
    table = read_table(tmp_path / "a.csv", schema, TROUBLE)
    assert list(table) == ["name", "count", "seen", "01", "note"]
    assert table.to_numpy().tolist() == [["x", 3, False, "01", ""], ["y", 4, False, "1e3", "NA"]]


def test_a_table_that_is_not_there_is_named(tmp_path):
    assert "a.csv: no such file" in refused(tmp_path / "a.csv")


class Killed(BaseException):
    """Stands for a kill."""


@pytest.mark.parametrize("after", range(4))
def test_wherever_a_process_is_killed_no_whole_table_is_called_damaged(
    tmp_path, monkeypatch, after
):
    old, new = (
        {"a.csv": some(["x"]), "b.csv": some(["y"])},
        {"a.csv": some(["z"]), "b.csv": some(["w"])},
    )
    write_tables(tmp_path, {**old, "c.csv": some(["c"])})
    left, write = [after], sums.write_atomic

    def killed(*arguments):
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(sums, "write_atomic", killed)
        with pytest.raises(Killed):
            write_tables(tmp_path, new)
    for name in ("a.csv", "b.csv", "c.csv"):
        assert len(read_table(tmp_path / name, COLUMNS, TROUBLE)) == 1
    write_tables(tmp_path, new)
    assert read_table(tmp_path / "a.csv", COLUMNS, TROUBLE).name.tolist() == ["z"]
