"""Pairs of files that are matched by name, equal or by a pattern."""

from collections.abc import Iterable, Sequence
from math import isfinite, nan
from pathlib import Path

from datagen.corpora.layout import audio_files
from datagen.pairs.log import Line, read_log
from datagen.pairs.matching import Matched, Named, compiled, joining, matched, named, nearest
from datagen.pairs.pairs import PairedTest, Pairs
from datagen.pairs.plan import Pair, paired_test
from files.missing import not_a_folder

SHOWN = 3  # number of names in a note


class ByName(Pairs):
    """The audio under `clean` and under `mixture`, with subfolders.

    root: the folder of both, where they are relative paths. pattern: a regular expression for the
    names of mixtures without their suffix, "" for any. Its group `clean` names the clean file;
    without the group the clean file has the same name. The groups `snr`, `noise` and `speaker` name
    these facts of the mixture. clean_pattern: the same for clean files, with the group `clean`.
    log: a file below `root` with the name of a mixture, its noise and its SNR in each line; "" for
    none. unfit: the treatment of pairs that cannot be used, "refuse" or "leave_out". Raises
    ValueError for an invalid option.
    """

    def __init__(
        self,
        clean: str | None = None,
        mixture: str | None = None,
        root: str | None = None,
        pattern: str = "",
        clean_pattern: str = "",
        log: str = "",
        unfit: str = "refuse",
    ):
        folders = {"clean": clean, "mixture": mixture}
        lacking = [f"{option}=DIR" for option, folder in folders.items() if folder is None]
        if lacking:
            raise ValueError(f"pairs of files need two folders: add {' '.join(lacking)}")
        if unfit not in ("refuse", "leave_out"):
            raise ValueError(f"pairs.unfit={unfit!r}: must be refuse or leave_out")
        base = Path(root or "")
        self.clean, self.mixture = base / str(clean), base / str(mixture)
        self.rooted = root is not None  # whether the folders belong to a layout
        self.log = base / log if log else None
        self.pattern = compiled(pattern, "pairs.pattern")
        self.clean_pattern = compiled(clean_pattern, "pairs.clean_pattern")
        self.unfit = unfit

    def test(self, sample_rate: int, cache: Path, jobs: int, check_audio: bool) -> PairedTest:
        """See `Pairs.test`."""
        cleans = audio_below(self.clean, self._option("clean"))
        cleans = named(cleans, self.clean, self.clean_pattern, "pairs.clean_pattern")
        # The folder of mixtures may contain the folder of clean files.
        others = [
            path
            for path in audio_below(self.mixture, self._option("mixture"))
            if self.clean == self.mixture or not path.is_relative_to(self.clean)
        ]
        mixtures = named(others, self.mixture, self.pattern, "pairs.pattern")
        found = matched(mixtures, cleans)
        notes = self._notes(found, mixtures, cleans)
        notes += about_names(others, [*mixtures, *cleans], "pairs.pattern")
        lines = read_log(self.log) if self.log else {}
        if self.log:
            notes += _about_log(self.log, found, lines)
        pairs = [_pair(mixture, clean, lines) for mixture, clean in found.pairs]
        test = paired_test(pairs, sample_rate, cache, jobs, check_audio, self.unfit == "leave_out")
        return test._replace(notes=[*notes, *test.notes])

    def _option(self, folder: str) -> str:
        """The option that names the folder, as typed."""
        return "pairs.root" if self.rooted else folder

    def _notes(self, found: Matched, mixtures: list[Named], cleans: list[Named]) -> list[str]:
        """Notes on files without a partner; raises ValueError if no file has a partner."""
        keys = [clean.key for clean in cleans]
        if not found.pairs:
            raise ValueError(self._unmatched(mixtures, cleans))
        notes = []
        if found.alone:
            told = [f"{one.name}{nearest(one.key, keys)}" for one in found.alone[:SHOWN]]
            notes.append(_left_out(len(found.alone), "mixtures have no clean file", told))
        if found.left:
            mixed = [mixture.key for mixture in found.alone] or [one.key for one in mixtures]
            told = [f"{one.name}{nearest(one.key, mixed)}" for one in found.left[:SHOWN]]
            notes.append(_left_out(len(found.left), "clean files have no mixture", told))
        return notes

    def _unmatched(self, mixtures: list[Named], cleans: list[Named]) -> str:
        """The error if no file has a partner, with a remedy."""
        first = mixtures[0].key if mixtures else ""
        close = nearest(first, [clean.key for clean in cleans])
        example = f" (no clean file for {first}{close})" if first else ""
        typed = joining(mixtures, cleans)
        remedy = f"add {typed}" if typed else "say how names match with pairs.pattern"
        return (
            f"mixture={self.mixture}, clean={self.clean}: no pair matches among "
            f"{len(mixtures)} mixtures and {len(cleans)} clean files{example}; {remedy}, "
            "see docs/evaluation.md"
        )


def audio_below(folder: Path, what: str) -> list[Path]:
    """The audio in a folder, given by the option `what`; raises FileNotFoundError without audio."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{not_a_folder(folder)}; give {what}=DIR, one that exists")
    paths = audio_files(folder, tell_all=True)
    if not paths:
        raise FileNotFoundError(f"{folder}: holds no audio; give another {what}=DIR")
    return paths


def _left_out(count: int, what: str, told: list[str]) -> str:
    more = "; ..." if count > len(told) else ""
    return f"Left out: {count} {what} ({'; '.join(told)}{more})."


def about_names(paths: Sequence[Path], files: Iterable[Named], option: str) -> list[str]:
    """A sentence about those of `paths` whose names do not match the pattern `option`."""
    used = {file.path for file in files}
    left = [path.stem for path in paths if path not in used]
    what = f"files have a name that does not match {option}"
    return [_left_out(len(left), what, left[:SHOWN])] if left else []


def _about_log(path: Path, found: Matched, lines: dict[str, Line]) -> list[str]:
    """Sentences about mixtures without a line, and lines without a mixture."""
    names = [mixture.name for mixture, _ in found.pairs]
    unlisted = [name for name in names if name not in lines]
    unused = sorted(lines.keys() - {*names, *(mixture.name for mixture in found.alone)})
    notes = []
    if unlisted:
        told = f"{unlisted[0]}{nearest(unlisted[0], unused)}{', ...' if unlisted[1:] else ''}"
        notes.append(
            f"{path} lacks {len(unlisted)} of {len(names)} mixtures ({told}): their SNR is "
            "measured, their noise unknown."
        )
    if unused:
        told = f"{unused[0]}{', ...' if unused[1:] else ''}"
        notes.append(f"{path} has {len(unused)} lines of mixtures that are not there ({told}).")
    return notes


def _pair(mixture: Named, clean: Named, lines: dict[str, Line]) -> Pair:
    line = lines.get(mixture.name, Line("", None))
    facts = mixture.facts
    snr_db = _number(mixture) if "snr" in facts else line.snr_db
    return Pair(
        name=mixture.name,
        mixture=mixture.path,
        clean=clean.path,
        clean_name=clean.name,
        snr_db=snr_db,
        noise=facts.get("noise") or line.noise,
        speaker=facts.get("speaker") or clean.facts.get("speaker", ""),
    )


def _number(mixture: Named) -> float:
    """The SNR in dB in a name; raises ValueError if it is not a number."""
    text = mixture.facts["snr"]
    try:
        snr_db = float(text)
    except ValueError:
        snr_db = nan
    if not isfinite(snr_db):
        raise ValueError(
            f"{mixture.path}: {text!r}, the SNR by pairs.pattern, is no number; "
            r"write the group as (?P<snr>-?\d+)"
        )
    return snr_db
