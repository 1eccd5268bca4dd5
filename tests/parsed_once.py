"""Hydra parses each yaml file once in a process.

It parses thirty for a composition, and the tests compose hundreds of times: parsing takes half of
the time of a composition.
"""

import pickle
from pathlib import Path

from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.plugins.config_source import ConfigResult

PARSED: dict[tuple, bytes] = {}
_parse = FileConfigSource.load_config


def install() -> None:
    """Let Hydra keep what it parses, for as long as the file does not change."""
    FileConfigSource.load_config = _load_config


def _load_config(source: FileConfigSource, config_path: str) -> ConfigResult:
    """A copy of its own for every composition, which changes it."""
    file = Path(source.path, source._normalize_file_name(config_path))
    if not file.is_file():
        return _parse(source, config_path)  # which says so
    about = file.stat()
    key = (source.provider, str(file), about.st_mtime_ns, about.st_size)
    if key not in PARSED:
        PARSED[key] = pickle.dumps(_parse(source, config_path), pickle.HIGHEST_PROTOCOL)
    return pickle.loads(PARSED[key])  # noqa: S301 - of this process
