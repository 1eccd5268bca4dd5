"""The check of a config before any work is done, and its messages."""

from collections.abc import Collection

from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ValidationError

from command.suggestion import did_you_mean
from options.typed import typed

INNER_STEPS = ("function-", "literal[")  # what pydantic adds to the path of an option


def check(cfg: DictConfig, model: type[BaseModel]) -> None:
    """Raise one ValueError naming every option of `cfg` that `model` does not allow.

    The message has the value and the limit of each.
    """
    missing = _missing(cfg)
    if missing:
        listed = ", ".join(missing)
        raise ValueError(f"{listed} must be given: add {missing[0]}=... to the command")
    content = OmegaConf.to_container(cfg, resolve=True)
    try:
        model.model_validate(content)
    except ValidationError as error:
        raise ValueError(explained(error, there=_names(content))) from None


def explained(error: ValidationError, *within: str, there: Collection[str] = ()) -> str:
    """All problems of `error`, which belongs to the option `within`, on one line.

    there: all options that exist; the message suggests similar ones.
    """
    described = []
    for problem in error.errors():
        option = _option((*within, *problem["loc"]))
        described.append(_described(problem, option, there))
    return "; ".join(described)


def _names(content: dict, prefix: str = "") -> list[str]:
    """The whole names of all options in `content`."""
    names = []
    for key, value in content.items():
        names.append(f"{prefix}{key}")
        if isinstance(value, dict):
            names += _names(value, f"{prefix}{key}.")
    return names


def _missing(cfg: DictConfig) -> list[str]:
    """The options without a value: those at the top, or if there are none, those below."""
    at_the_top = []
    for key in cfg:
        if OmegaConf.is_missing(cfg, key):
            at_the_top.append(str(key))
    if at_the_top:
        return sorted(at_the_top)
    return sorted(OmegaConf.missing_keys(cfg))


def _described(problem: dict, option: str, there: Collection[str]) -> str:
    """A problem of pydantic as option, value and limit.

    problem: has `type`, `input` and `msg`, as in ValidationError.errors. option: its place. there:
    all options, including this one.
    """
    kind = problem["type"]
    value = problem["input"]
    if kind == "extra_forbidden":
        others = [name for name in there if name != option and not name.startswith(f"{option}.")]
        return f"{option}: no such option; {did_you_mean(option, others)}"
    if kind == "missing":
        return f"{option}: must be given; '--help' shows what it usually is"
    if kind == "list_type":
        return f"{option}={value!r}: must be a list; write {option}=[{value}]"
    if kind == "string_too_short":
        return f"{option}: is empty; give a value, or leave out {option}="
    if kind == "string_type" and isinstance(value, int | float):
        return f"{option}={value!r}: must be text; write {typed(option, value)}"
    message = problem["msg"].removeprefix("Value error, ")
    if kind != "value_error":
        return f"{option}={value!r}: {message}"
    return f"{option}: {message}" if option else message


def _option(location: tuple[str | int, ...]) -> str:
    """The dotted name of the option at a `location` of pydantic."""
    names = []
    for step in location:
        name = str(step)
        if not name.startswith(INNER_STEPS):
            names.append(name)
    return ".".join(names)
