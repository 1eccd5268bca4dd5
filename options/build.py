"""The one door from config to object."""

import importlib
import inspect
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

Thing = TypeVar("Thing")


def build(
    node: DictConfig | dict, contract: type[Thing] | str, within: str = "", **supplied: Any
) -> Thing:
    """The `contract` that `node` describes (`_target_` and its arguments), `supplied` arguments added; see `maker`."""
    make = maker(node, contract, within)
    if isinstance(contract, str) and not supplied and node.get("_partial_"):
        return make
    try:
        return make(**supplied)
    except TypeError as error:  # an argument that it needs
        raise ValueError(f"{node['_target_']}: {error}") from error


def maker(
    node: DictConfig | dict, contract: type[Thing] | str, within: str = ""
) -> Callable[..., Thing]:
    """What makes the `contract` that `node` describes, once it is called with the arguments that `node` lacks.

    A config may come with somebody else's run folder, so its target must be a class derived from `contract`, with all
    that `contract` asks for, and defined under the package `within` (that of `contract`), and so must every target
    nested in it. Raises ValueError naming any other, a part of the contract that is missing, or an argument that the
    target does not know.
    """
    content = OmegaConf.to_container(node, resolve=True) if isinstance(node, DictConfig) else node
    within = within or (
        contract if isinstance(contract, str) else contract.__module__.rpartition(".")[0]
    )
    if "_target_" not in content:
        raise ValueError(f"config of {within} has no _target_; choose one of the group's options")
    _check(content, within)
    if not isinstance(contract, str):
        _require(_allowed(content["_target_"], within), contract)
    try:
        return instantiate({**content, "_partial_": True}, _convert_="all")
    except InstantiationException as error:
        raise (
            error.__cause__ if isinstance(error.__cause__, ValueError | OSError) else error
        ) from error


def _require(target: Callable, contract: type) -> None:
    """Raise ValueError where `target` is no `contract`, or lacks a part of it."""
    name, place = contract.__name__, f"{contract.__module__}.{contract.__name__}"
    if not (inspect.isclass(target) and issubclass(target, contract)):
        raise ValueError(
            f"{target.__module__}.{target.__name__} is no {name}: derive it from {place}"
        )
    if lacking := sorted(getattr(target, "__abstractmethods__", ())):
        raise ValueError(
            f"{target.__module__}.{target.__name__} lacks {', '.join(lacking)}, which every {name} has: see {place}"
        )


def _check(content: Any, within: str) -> None:
    if (
        isinstance(content, str) and "${" in content
    ):  # resolved once more, it could become a target unseen here
        raise ValueError(f"{content!r} would be resolved twice; write the value itself")
    for inner in (
        content.values()
        if isinstance(content, dict)
        else content
        if isinstance(content, list)
        else ()
    ):
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
        raise ValueError(
            f"_target_={target!r} cannot be loaded: {' '.join(str(error).split())}"
        ) from error
    defined = getattr(found, "__module__", None) or ""
    if not (inspect.isclass(found) or inspect.isfunction(found)) or not f"{defined}.".startswith(
        f"{within}."
    ):
        raise ValueError(refusal)
    return found


def _check_arguments(target: Callable, content: dict) -> None:
    names = [
        str(name)
        for name in content
        if name not in ("_target_", "_partial_", "_recursive_", "_convert_", "_args_")
    ]
    try:
        inspect.signature(target).bind_partial(**dict.fromkeys(names))
    except TypeError as error:
        raise ValueError(
            f"{content['_target_']}: {error}; it takes {', '.join(_arguments(target))}"
        ) from error
    hints = typing.get_type_hints(target.__init__ if inspect.isclass(target) else target)
    for name in names:
        if name in hints and isinstance(content[name], str | int | float):
            _check_type(f"{target.__name__}: {name}", content[name], hints[name])


def _check_type(option: str, value: Any, hint: Any) -> None:
    among_others = (
        typing.get_origin(hint) is not None
    )  # float | Tensor can be told from text, a Tensor alone cannot
    try:
        adapter = TypeAdapter(
            hint, config=ConfigDict(strict=True, arbitrary_types_allowed=among_others)
        )
    except PydanticSchemaGenerationError:
        return  # a type that says nothing about plain values
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        raise ValueError(f"{option}={value!r}: {error.errors()[0]['msg']}") from error


def _arguments(target: Callable) -> list[str]:
    return list(inspect.signature(target).parameters)
