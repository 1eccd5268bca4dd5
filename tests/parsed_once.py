"""Hydra parses each yaml file once in a process.

It parses thirty for a composition, and the tests compose hundreds of times: parsing takes half of
the time of a composition.
"""

import pickle
from collections.abc import Callable
from pathlib import Path

from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult, ConfigSource

PARSED: dict[tuple, bytes] = {}


def install() -> None:
    """Let Hydra keep what it parses, for as long as the file does not change."""
    Plugins.instance()  # which imports the class of sources anew
    files = SourcesRegistry.instance().resolve("file")
    files.load_config = _remembering(files.load_config)


def _remembering(parse: Callable) -> Callable:
    def load_config(source: ConfigSource, config_path: str) -> ConfigResult:
        """A copy of its own for every composition, which changes it."""
        file = Path(source.path, source._normalize_file_name(config_path))
        if not file.is_file():
            return parse(source, config_path)  # which says so
        about = file.stat()
        key = (source.provider, str(file), about.st_mtime_ns, about.st_size)
        if key not in PARSED:
            PARSED[key] = pickle.dumps(parse(source, config_path), pickle.HIGHEST_PROTOCOL)
        return pickle.loads(PARSED[key])  # noqa: S301 - of this process

    return load_config
