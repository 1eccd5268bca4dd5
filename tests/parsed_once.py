"""Hydra parses each yaml file once in a process, and joins the same choice of files once.

It parses and joins thirty for a composition, and the tests compose hundreds of times, mostly the
same files with other values: parsing takes half of the time of a composition, joining most of the
other half.
"""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

from hydra._internal import config_loader_impl
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult, ConfigSource
from omegaconf import DictConfig

CONF = Path(__file__).parent.parent / "conf"
PARSED: dict[tuple, bytes] = {}
LISTED: dict[tuple, config_loader_impl.DefaultsList] = {}
JOINED: dict[int, bytes] = {}  # by the id of a list in LISTED


def install() -> None:
    """Let Hydra keep what it parses, for as long as the file does not change, and what it joins."""
    Plugins.instance()  # which imports the class of sources anew
    files = SourcesRegistry.instance().resolve("file")
    files.load_config = _remembering(files.load_config)
    config_loader_impl.create_defaults_list = _listing(config_loader_impl.create_defaults_list)
    loader = config_loader_impl.ConfigLoaderImpl
    join = loader._compose_config_from_defaults_list
    loader._compose_config_from_defaults_list = _joining(join)


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


def _listing(listed: Callable) -> Callable:
    def create_defaults_list(
        repo: IConfigRepository, config_name: str | None, overrides_list: Sequence[Override], **more
    ) -> config_loader_impl.DefaultsList:
        """The files that are joined, which depend on the overrides that choose a file alone.

        Those of the project; other folders may change between two tests.
        """
        places = [source.path for source in repo.get_sources() if source.scheme() == "file"]
        if places != [str(CONF)]:
            return listed(repo, config_name, overrides_list, **more)
        one_value = [override for override in overrides_list if not override.is_sweep_override()]
        choosing = [override for override in one_value if _chooses(repo, override)]
        lines = (override.input_line for override in choosing)
        key = (config_name, *lines, *sorted(more.items()))
        if key not in LISTED:
            LISTED[key] = listed(repo, config_name, choosing, **more)
        kept = LISTED[key]
        return config_loader_impl.DefaultsList(
            defaults=kept.defaults,
            defaults_tree=kept.defaults_tree,
            config_overrides=[override for override in one_value if override not in choosing],
            overrides=kept.overrides,
        )

    return create_defaults_list


def _chooses(repo: IConfigRepository, override: Override) -> bool:
    """Whether it chooses files, as Hydra's own rule has it."""
    is_file = repo.group_exists(override.key_or_group)
    return is_file and not isinstance(override.value(), dict)


def _joining(join: Callable) -> Callable:
    def compose_from(loader, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
        """A copy of its own for every composition, which sets values in it."""
        if id(defaults) in JOINED:
            return pickle.loads(JOINED[id(defaults)])  # noqa: S301 - of this process
        joined = join(loader, defaults=defaults, repo=repo)
        if any(defaults is kept.defaults for kept in LISTED.values()):
            JOINED[id(defaults)] = pickle.dumps(joined, pickle.HIGHEST_PROTOCOL)
        return joined

    return compose_from
