"""Finds the clean file of every mixture by the names of the files."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

KEY = "clean"  # the group of a pattern that says which clean file it is


class Named(NamedTuple):
    """An audio file. name: its path below a folder, without the suffix. said: by its pattern."""

    name: str
    path: Path
    said: Mapping[str, str]

    @property
    def key(self) -> str:
        """What pairs it."""
        return self.said.get(KEY) or self.name


class Matched(NamedTuple):
    """pairs: (mixture, clean). alone: mixtures without a clean file. left: clean files unused."""

    pairs: list[tuple[Named, Named]]
    alone: list[Named]
    left: list[Named]


def compiled(pattern: str, option: str, key: str | None = KEY) -> re.Pattern | None:
    """`pattern`, None for ""; raises ValueError with `option` if it is invalid or lacks `key`."""
    if not pattern:
        return None
    try:
        regular = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{option}={pattern!r}: is no regular expression: {error}") from error
    if key and key not in regular.groupindex:
        raise ValueError(
            f"{option}={pattern!r}: has no group (?P<{key}>...), by which a file is paired"
        )
    return regular


def named(paths: Iterable[Path], folder: Path, pattern: re.Pattern | None) -> list[Named]:
    """Files by their names, without the files whose names do not match `pattern`.

    The pattern is matched with the name of the file alone. Raises ValueError where two files have
    the same name.
    """
    files: dict[str, Named] = {}
    for path in paths:
        name = path.relative_to(folder).with_suffix("").as_posix()
        said = {}
        if pattern is not None:
            fit = pattern.fullmatch(path.stem)
            if fit is None:
                continue
            said = {group: text for group, text in fit.groupdict().items() if text is not None}
        if name in files:
            raise ValueError(
                f"{path}: has the name of {files[name].path}; keep one of the two in {folder}"
            )
        files[name] = Named(name, path, said)
    return list(files.values())


def matched(mixtures: Sequence[Named], cleans: Sequence[Named]) -> Matched:
    """Every mixture with its clean file; several mixtures may share one.

    ValueError where two clean files match one mixture.
    """
    by_key: dict[str, Named] = {}
    twice: dict[str, Named] = {}
    for clean in cleans:
        if clean.key in by_key:
            twice[clean.key] = clean
        by_key.setdefault(clean.key, clean)
    pairs, alone = [], []
    for mixture in mixtures:
        if mixture.key in twice:
            first, second = by_key[mixture.key], twice[mixture.key]
            raise ValueError(
                f"{mixture.path}: two clean files match it, {first.path} and {second.path}; remove "
                "one, or tell them apart by pairs.pattern and pairs.clean_pattern"
            )
        if mixture.key in by_key:
            pairs.append((mixture, by_key[mixture.key]))
        else:
            alone.append(mixture)
    used = {clean.name for _, clean in pairs}
    return Matched(pairs, alone, [clean for clean in cleans if clean.name not in used])


def nearest(key: str, keys: Iterable[str]) -> str:
    """The key that looks most like `key`, in words; "" where none does."""
    close = get_close_matches(key, list(keys), n=1, cutoff=0.3)
    return f", nearest is {close[0]}" if close else ""
