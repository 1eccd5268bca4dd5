"""Finds the clean file of every mixture by the names of the files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

KEY = "clean"  # the group of a pattern that gives the name of the clean file


class Named(NamedTuple):
    """An audio file.

    name: its path below a folder, without suffix. facts: the groups of the pattern that it matches.
    """

    name: str
    path: Path
    facts: Mapping[str, str]

    @property
    def key(self) -> str:
        """The key by which it is paired."""
        return self.facts.get(KEY) or self.name


class Matched(NamedTuple):
    """pairs: (mixture, clean). alone: mixtures without a clean file. left: unused clean files."""

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

    The pattern is matched with the file name alone. Raises ValueError if two files have the same
    name, and, naming `option`, if the pattern matches no file.
    """
    files: dict[str, Named] = {}
    for path in paths:
        name = path.relative_to(folder).with_suffix("").as_posix()
        facts = {}
        if pattern is not None:
            fit = pattern.fullmatch(path.stem)
            if fit is None:
                continue
            facts = {group: text for group, text in fit.groupdict().items() if text is not None}
        if name in files:
            raise ValueError(
                f"{path}: has the name of {files[name].path}; keep one of the two in {folder}"
            )
        files[name] = Named(name, path, facts)
    if paths and not files:
        raise ValueError(
            f"{option}={pattern.pattern!r}: fits no name in {folder}, such as {paths[0].stem}; "
            f"give another {option}"
        )
    return list(files.values())


def matched(mixtures: Sequence[Named], cleans: Sequence[Named]) -> Matched:
    """Every mixture with its clean file; several mixtures may share one.

    Raises ValueError if two clean files match one mixture.
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
    """Options by which at least half of the mixtures match, as typed; "" if there are none.

    Names may differ before or after their common part, or in their folders. Raises ValueError if
    two clean files would match one mixture.
    """
    if not (mixtures and cleans):
        return ""
    first = mixtures[0].path.stem
    best, most = "", 0
    for patterns in _candidates(first, nearest_key(first, [one.path.stem for one in cleans])):
        found = matched(_keyed(patterns[0], mixtures), _keyed(patterns[1], cleans))
        if len(found.pairs) > most:
            options = zip(("pattern", "clean_pattern"), patterns, strict=True)
            best = " ".join(f"'pairs.{name}=\"{pattern}\"'" for name, pattern in options)
            most = len(found.pairs)
    return best if 2 * most >= len(mixtures) else ""  # fewer may match by chance


def _candidates(mixture: str, clean: str) -> Iterator[tuple[str, str]]:
    r"""Patterns of two names with the same end, then of two names with the same beginning.

    In the last ones numbers and the other parts may differ: "sp01_airport_sn5" and "sp01" give
    "(?P<clean>sp\d+).*" and "(?P<clean>.+)".
    """
    end = _alike(mixture[::-1], clean[::-1])
    before = mixture[: len(mixture) - end], clean[: len(clean) - end]
    begin = _alike(mixture, clean)
    after = mixture[begin:], clean[begin:]
    whole = f"(?P<{KEY}>.+)"
    for affixes, pattern in ((before, "{}" + whole), (after, whole + "{}")):
        if all(map(_plain, affixes)):
            yield tuple(map(pattern.format, affixes))
    shared = (mixture[len(mixture) - end :], before, ".*?{}"), (mixture[:begin], after, "{}.*")
    for part, affixes, pattern in shared:
        if part and _plain(part):
            group = f"(?P<{KEY}>{re.sub('[0-9]+', lambda _: chr(92) + 'd+', part)})"
            yield tuple(pattern.format(group) if affix else whole for affix in affixes)


def _plain(text: str) -> bool:
    """Whether a text has no special characters of patterns."""
    return bool(re.fullmatch(r"[\w-]*", text, re.ASCII))


def _keyed(pattern: str, files: Iterable[Named]) -> list[Named]:
    """The `files` whose names match, with the key of `pattern`."""
    fits = [(one, re.fullmatch(pattern, one.path.stem)) for one in files]
    return [one._replace(facts=fit.groupdict()) for one, fit in fits if fit]


def _alike(one: str, other: str) -> int:
    """The number of common characters at the beginning of two texts."""
    both = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def nearest(key: str, keys: Iterable[str]) -> str:
    """The key most similar to `key`, as a sentence; "" if none is similar."""
    close = nearest_key(key, keys)
    return f", nearest is {close}" if close else ""


def nearest_key(key: str, keys: Iterable[str]) -> str:
    """The longest key that is part of `key`, or the most similar one; "" if none is similar."""
    keys = list(keys)
    parts = sorted((other for other in keys if other and other in key), key=len)
    return (parts[-1:] or get_close_matches(key, keys, n=1, cutoff=0.3) or [""])[0]
