"""Builds objects from a config; all objects of a config are built here."""

import contextlib
import importlib.util
import inspect
import sys
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from options.faults import faults_named, is_own
from text.line import in_one_line

Thing = TypeVar("Thing")

# Keys of a node that are not arguments of its target.
HYDRA_KEYS = ("_target_", "_partial_", "_recursive_", "_convert_", "_args_")


def build(
    node: DictConfig | dict, contract: type[Thing], within: str = "", **supplied: Any
) -> Thing:
    """The object that `node` describes (`_target_` and its arguments), an instance of `contract`.

    `supplied` arguments are added to those of `node`; see `maker` for the errors.
    """
    make = maker(node, contract, within)
    try:
        inspect.signature(make).bind(**supplied)
    except TypeError as error:  # an argument is missing
        raise ValueError(f"{node['_target_']}: {error}") from error
    module, _, _ = node["_target_"].rpartition(".")
    file = getattr(sys.modules[module], "__file__", None) or module
    with faults_named(file) if is_own(file) else contextlib.nullcontext():
        return make(**supplied)


def maker(node: DictConfig | dict, contract: type[Thing], within: str = "") -> Callable[..., Thing]:
    """The constructor of the object that `node` describes; call it with the missing arguments.

    A config may come from another person's run folder. So its target must be a class derived from
    `contract` that implements all of it, and it must be defined under the package `within` (by
    default the package of `contract`). The same holds for every target nested in it. Raises
    ValueError with the name of another target, of a part of the contract that is missing, or of an
    argument that the target does not have.
    """
    content = node
    if isinstance(node, DictConfig):
        content = OmegaConf.to_container(node, resolve=True)
    if not within:
        within = contract.__module__.rpartition(".")[0]
    if "_target_" not in content:
        raise ValueError(f"config of {within} has no _target_; choose one of the group's options")
    _check(content, within)
    target = _allowed(content["_target_"], within)
    _require(target, contract)
    try:
        return instantiate({**content, "_partial_": True}, _convert_="all")
    except InstantiationException as error:
        cause = error.__cause__
        if isinstance(cause, ValueError | OSError):
            raise cause from error
        raise


def _require(target: Callable, contract: type) -> None:
    """Raise ValueError where `target` is not derived from `contract`, or lacks a part of it."""
    name = contract.__name__
    place = _place(contract)
    if not inspect.isclass(target) or not issubclass(target, contract):
        raise ValueError(f"{_place(target)} is no {name}: derive it from {place}")
    lacking = sorted(getattr(target, "__abstractmethods__", ()))
    if lacking:
        raise ValueError(
            f"{_place(target)} lacks {', '.join(lacking)}, which every {name} has: see {place}"
        )


def _place(target: Callable) -> str:
    return f"{target.__module__}.{target.__name__}"


def _check(content: Any, within: str) -> None:
    """Raise ValueError where a target in `content` may not be built, or refuses an argument."""
    if isinstance(content, str) and "${" in content:
        # A second resolution could turn it into a target that was not checked.
        raise ValueError(f"{content!r} would be resolved twice; write the value itself")
    if isinstance(content, list):
        for value in content:
            _check(value, within)
    if isinstance(content, dict):
        for value in content.values():
            _check(value, within)
        if "_target_" in content:
            target = _allowed(content["_target_"], within)
            _check_arguments(target, content)


def _allowed(path: Any, within: str) -> Callable:
    """The class or function at `path`, a name with dots; it must be defined under `within`."""
    refusal = (
        f"_target_={path!r} is not a class or function of {within}; "
        "this config may build nothing else"
    )
    if not isinstance(path, str) or not path.startswith(f"{within}."):
        raise ValueError(refusal)
    target = _imported(path)
    defined_in = getattr(target, "__module__", None) or ""
    if not f"{defined_in}.".startswith(f"{within}."):
        raise ValueError(refusal)
    if not inspect.isclass(target) and not inspect.isfunction(target):
        raise ValueError(refusal)
    return target


def _imported(path: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        if module not in sys.modules:
            found = importlib.util.find_spec(module)
            if found is None:
                raise ModuleNotFoundError(f"No module named {module!r}")
            with faults_named(found.origin or module, checked=False):
                importlib.import_module(module)
        return getattr(sys.modules[module], name)
    except (ImportError, AttributeError) as error:
        reason = in_one_line(error)
        raise ValueError(f"_target_={path!r} cannot be loaded: {reason}") from error


def _check_arguments(target: Callable, content: dict) -> None:
    names = [str(name) for name in content if name not in HYDRA_KEYS]
    signature = inspect.signature(target)
    try:
        signature.bind_partial(**dict.fromkeys(names))
    except TypeError as error:
        raise ValueError(
            f"{content['_target_']}: {error}; it takes {', '.join(signature.parameters)}"
        ) from error
    function = target.__init__ if inspect.isclass(target) else target
    hints = typing.get_type_hints(function)
    for name in names:
        if name not in hints:
            continue
        value = content[name]
        if isinstance(value, str | int | float):
            _check_type(f"{target.__name__}: {name}", value, hints[name])


def _check_type(option: str, value: Any, hint: Any) -> None:
    # A value of type float | Tensor can be checked, a value of type Tensor cannot.
    among_others = typing.get_origin(hint) is not None
    settings = ConfigDict(strict=True, arbitrary_types_allowed=among_others)
    try:
        adapter = TypeAdapter(hint, config=settings)
    except PydanticSchemaGenerationError:
        return  # pydantic knows no rule for this type
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise ValueError(f"{option}={value!r}: {reason}") from error
