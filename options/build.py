"""The one door from config to object."""

import importlib
import inspect
import typing
from collections.abc import Callable
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError


def build(node: DictConfig | dict, within: str, **supplied: Any) -> Any:
    """The object that `node` describes (`_target_` and its arguments), `supplied` arguments added.

    A config may come with somebody else's run folder, so its target must be a class or function defined under the
    package `within`, and so must every target nested in it. Raises ValueError naming any other, or an argument that
    the target does not know.
    """
    content = OmegaConf.to_container(node, resolve=True) if isinstance(node, DictConfig) else node
    if "_target_" not in content:
        raise ValueError(f"config of {within} has no _target_; choose one of the group's options")
    _check(content, within)
    try:
        made = instantiate(content, _convert_="all")
        return made(**supplied) if supplied else made
    except TypeError as error:  # an argument that it needs
        raise ValueError(f"{content['_target_']}: {error}") from error
    except InstantiationException as error:
        raise (error.__cause__ if isinstance(error.__cause__, ValueError | OSError) else error) from error


def _check(content: Any, within: str) -> None:
    if isinstance(content, str) and "${" in content:  # resolved once more, it could become a target unseen here
        raise ValueError(f"{content!r} would be resolved twice; write the value itself")
    for inner in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        _check(inner, within)
    if isinstance(content, dict) and "_target_" in content:
        _check_arguments(_allowed(content["_target_"], within), content)


def _allowed(target: Any, within: str) -> Callable:
    refusal = f"_target_={target!r} is not a class or function of {within}; this config may build nothing else"
    if not isinstance(target, str) or not target.startswith(f"{within}."):
        raise ValueError(refusal)
    module, _, name = target.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"_target_={target!r} cannot be loaded: {' '.join(str(error).split())}") from error
    defined = getattr(found, "__module__", None) or ""
    if not (inspect.isclass(found) or inspect.isfunction(found)) or not f"{defined}.".startswith(f"{within}."):
        raise ValueError(refusal)
    return found


def _check_arguments(target: Callable, content: dict) -> None:
    names = [
        str(name) for name in content if name not in ("_target_", "_partial_", "_recursive_", "_convert_", "_args_")
    ]
    try:
        inspect.signature(target).bind_partial(**dict.fromkeys(names))
    except TypeError as error:
        raise ValueError(f"{content['_target_']}: {error}; it takes {', '.join(_arguments(target))}") from error
    hints = typing.get_type_hints(target.__init__ if inspect.isclass(target) else target)
    for name in names:
        if name in hints and isinstance(content[name], str | int | float):
            _check_type(f"{target.__name__}: {name}", content[name], hints[name])


def _check_type(option: str, value: Any, hint: Any) -> None:
    among_others = typing.get_origin(hint) is not None  # float | Tensor can be told from text, a Tensor alone cannot
    try:
        adapter = TypeAdapter(hint, config=ConfigDict(strict=True, arbitrary_types_allowed=among_others))
    except PydanticSchemaGenerationError:
        return  # a type that says nothing about plain values
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        raise ValueError(f"{option}={value!r}: {error.errors()[0]['msg']}") from error


def _arguments(target: Callable) -> list[str]:
    return list(inspect.signature(target).parameters)
