"""Checkpoints: read back only unchanged, and nothing in them executed."""

import errno
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from text.line import in_one_line

OF_A_TRAINING = ("callbacks", "epoch", "global_step", "loops", "lr_schedulers", "optimizer_states")


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The content of the checkpoint at `path`, tensors and plain values only.

    All its bytes are compared with the checksums in the file, which PyTorch writes but does not
    check. Raises ValueError, in one line, for a damaged file and for a file that is no checkpoint.
    """
    damage = _damage(path)
    if damage:
        raise ValueError(
            f"{path}: is damaged ({damage}); restore it from a copy, or train the run anew"
        )
    try:
        with warnings.catch_warnings(action="ignore"):  # about pickles, in files of other programs
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a broken file makes torch raise nearly anything
        unread = isinstance(error, OSError) and error.errno != errno.EINVAL  # of a file cut short
        if unread:
            raise
        raise ValueError(
            f"{path}: not a checkpoint of weights and plain values; train the run anew"
        ) from error
    if not isinstance(content, Mapping) or not isinstance(content.get("state_dict"), Mapping):
        raise ValueError(f"{path}: not a checkpoint, it has no state_dict; train the run anew")
    return content


def require_training(content: Mapping[str, Any], path: Path) -> None:
    """Raise ValueError where the `content` of a checkpoint is not the state of a training."""
    for name in OF_A_TRAINING:
        if name not in content:
            raise ValueError(
                f"{path}: holds no training to go on with, it has no {name}; "
                "restore it, or train the run anew"
            )


def _damage(path: Path) -> str | None:
    """The damage of the archive at `path`, if there is any.

    A file that is no archive is not judged here.
    """
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            entry = archive.testzip()
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        reason = in_one_line(error)
        return reason or "it ends early"
    if entry:
        return f"the checksum of {entry!r} does not hold"
    return None
