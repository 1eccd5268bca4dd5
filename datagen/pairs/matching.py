"""Finds the clean file of every mixture by the names of the files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import takewhile
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


def named(
    paths: Sequence[Path], folder: Path, pattern: re.Pattern | None, option: str
) -> list[Named]:
    """Files by their names, without the files whose names do not match `pattern`.

    The pattern is matched with the name of the file alone. Raises ValueError where two files have
    the same name, and with `option`, which gives the pattern, where it fits none.
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
    if paths and not files:
        raise ValueError(
            f"{option}={pattern.pattern!r}: fits no name in {folder}, such as {paths[0].stem}; "
            f"give another {option}"
        )
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


def joining(mixtures: Sequence[Named], cleans: Sequence[Named]) -> str:
    """Options by which some of these files match, as they are typed; "" where none is found.

    Names may differ in what stands before or after the part that they share, or in their folders.
    """
    stems = [[one.path.stem for one in files] for files in (mixtures, cleans)]
    if not all(stems):
        return ""
    first = stems[0][0]
    for patterns in _candidates(first, nearest_key(first, stems[1])):
        keys = [_keys(pattern, names) for pattern, names in zip(patterns, stems, strict=True)]
        if keys[0] & keys[1]:
            options = zip(("pattern", "clean_pattern"), patterns, strict=True)
            return " ".join(f"'pairs.{name}=\"{pattern}\"'" for name, pattern in options)
    return ""


def _candidates(mixture: str, clean: str) -> Iterator[tuple[str, str]]:
    """Patterns of two names that end alike, then of two that begin alike."""
    shared = _alike(mixture[::-1], clean[::-1])
    before = mixture[: len(mixture) - shared], clean[: len(clean) - shared]
    shared = _alike(mixture, clean)
    after = mixture[shared:], clean[shared:]
    group = f"(?P<{KEY}>.+)"
    for affixes, pattern in ((before, "{}" + group), (after, group + "{}")):
        if all(re.fullmatch(r"[\w-]*", affix, re.ASCII) for affix in affixes):  # typed as it is
            yield tuple(map(pattern.format, affixes))


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    both = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _keys(pattern: str, names: Iterable[str]) -> set[str]:
    """What pairs those of `names` that match."""
    return {fit[KEY] for fit in map(re.compile(pattern).fullmatch, names) if fit}


def nearest(key: str, keys: Iterable[str]) -> str:
    """The key that looks most like `key`, in words; "" where none does."""
    close = nearest_key(key, keys)
    return f", nearest is {close}" if close else ""


def nearest_key(key: str, keys: Iterable[str]) -> str:
    """The key that looks most like `key`; "" where none does."""
    return next(iter(get_close_matches(key, list(keys), n=1, cutoff=0.3)), "")
