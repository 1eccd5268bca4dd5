"""Loads the fixtures where tests run, not where pytest starts its workers.

They would wait: loading takes seconds.
"""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    starts_workers = config.getoption("numprocesses", None)
    if not starts_workers:
        config.pluginmanager.import_plugin("shared_fixtures")
