"""Loads the fixtures where tests run, not where pytest starts its workers.

They would wait: loading takes seconds.
"""

import gc

import pytest


def pytest_configure(config: pytest.Config) -> None:
    starts_workers = config.getoption("numprocesses", None)
    if not starts_workers:
        config.pluginmanager.import_plugin("shared_fixtures")


def pytest_collection_finish() -> None:
    """Leave modules and collected tests out of garbage collections, which would read all of them.

    Each took half a second, hundreds of times.
    """
    gc.freeze()
