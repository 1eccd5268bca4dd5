"""Large tables as Feather files, which are mapped into memory and read by column and by row.

Only the parts in use take memory. Such tables need the extra 'large'.
"""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from files.atomic import appearing
from files.schema import Types

GROUP = 10_000  # rows that are written as one group


def is_installed() -> bool:
    """Whether the extra 'large' is installed."""
    return find_spec("pyarrow") is not None


def write_feather(path: Path, tables: Iterable[pd.DataFrame], types: Types) -> None:
    """Write `tables`, one after the other, as a single table with columns of `types`.

    Other columns are text. Only one of the tables is in memory at any time.
    """
    import pyarrow as pa

    with appearing(path) as unfinished:
        writer = None
        try:
            for table in tables:
                made = _arrow(table, types)
                if writer is None:
                    writer = pa.ipc.new_file(str(unfinished), made.schema)
                writer.write_table(made, max_chunksize=GROUP)
        finally:
            if writer is not None:
                writer.close()


def open_feather(path: Path) -> pd.DataFrame:
    """The table at `path`, mapped, with Arrow columns; raises ValueError for another file."""
    import pyarrow as pa

    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path}: is no Feather file, or cut short") from error
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def is_mapped(table: pd.DataFrame) -> bool:
    """Whether `table` has the columns of `open_feather`."""
    return len(table.columns) > 0 and isinstance(table.dtypes.iloc[0], pd.ArrowDtype)


def like_mapped(table: pd.DataFrame, types: Types) -> pd.DataFrame:
    """`table`, which is small, with columns as `open_feather` gives them."""
    return _arrow(table, types).to_pandas(types_mapper=pd.ArrowDtype)


def groups(table: pd.DataFrame) -> Iterable[pd.DataFrame]:
    """Parts of `table` of GROUP rows each."""
    for begin in range(0, len(table), GROUP):
        yield table.iloc[begin : begin + GROUP]


def _arrow(table: pd.DataFrame, types: Types):
    """`table` as an Arrow table."""
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    fields = [pa.field(name, kinds[types.get(name, str)]) for name in table]
    return pa.Table.from_pandas(
        table, pa.schema(fields), preserve_index=False
    ).replace_schema_metadata()
