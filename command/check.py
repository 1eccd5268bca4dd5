"""The check of a config before any work is done, and what it says."""

from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ValidationError

from options.typed import typed


def check(cfg: DictConfig, model: type[BaseModel]) -> None:
    """Raise one ValueError naming every option of `cfg` that `model` does not allow, its value and the limit."""
    if missing := sorted(str(key) for key in cfg if OmegaConf.is_missing(cfg, key)) or sorted(
        OmegaConf.missing_keys(cfg)
    ):
        raise ValueError(f"{', '.join(missing)} must be given: add {missing[0]}=... to the command")
    try:
        model.model_validate(OmegaConf.to_container(cfg, resolve=True))
    except ValidationError as error:
        raise ValueError(explained(error)) from None


def explained(error: ValidationError, *within: str) -> str:
    """Every problem of `error`, which lies `within` the option of that name, on one line."""
    return "; ".join(_told({**problem, "loc": (*within, *problem["loc"])}) for problem in error.errors())


def _told(problem: dict) -> str:
    option = ".".join(str(part) for part in problem["loc"] if not str(part).startswith(("function-", "literal[")))
    if problem["type"] == "extra_forbidden":
        return f"{option}: no such option; '--cfg job' lists them"
    if problem["type"] == "missing":
        return f"{option}: must be given; '--cfg job' shows what it usually is"
    if problem["type"] == "list_type":
        return f"{option}={problem['input']!r}: must be a list; write {option}=[{problem['input']}]"
    if problem["type"] == "string_type" and isinstance(problem["input"], int | float):
        return f"{option}={problem['input']!r}: must be text; write {typed(option, problem['input'])}"
    value = "" if problem["type"] == "value_error" else f"={problem['input']!r}"
    return f"{option}{value}: {problem['msg'].removeprefix('Value error, ')}".removeprefix(": ")
