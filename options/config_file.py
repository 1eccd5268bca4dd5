"""The config that a script wrote to a folder."""

import io
from pathlib import Path

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from text.line import in_one_line

SHOWN = 120  # characters of the reason that a message repeats


def parsed_config(path: Path, content: bytes, remedy: str) -> DictConfig:
    """The config in `content`, which was read from `path`.

    Raises ValueError, in one line that ends in `remedy`, where it is not a config.
    """
    try:
        config = OmegaConf.load(io.StringIO(content.decode()))
    except (OmegaConfBaseException, YAMLError, UnicodeDecodeError) as error:
        reason = in_one_line(error)[:SHOWN]
        raise ValueError(f"{path}: not a config ({reason}); {remedy}") from error
    if not isinstance(config, DictConfig):
        raise ValueError(f"{path}: not a config; {remedy}")
    return config
