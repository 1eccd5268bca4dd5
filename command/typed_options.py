"""The options that were typed for this job."""

from hydra.core.hydra_config import HydraConfig

from options.typed import option_of


def typed_options() -> list[str]:
    """The names of the options of the command line; for a group at a place, the place."""
    items = HydraConfig.get().overrides.task
    return [option_of(item).rpartition("@")[2] for item in items]
