"""The progress of long work: a bar on a terminal, a line per minute in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

EVERY_S = 60.0  # seconds between two lines


@contextmanager
def progress(
    doing: str, total: float, unit: str, every_s: float = EVERY_S, bar_format: str | None = None
) -> Iterator[Callable[[float], None]]:
    """Print the progress on standard error; yields a function that counts finished items.

    The bar does not go beyond `total`. bar_format: of the bar, see tqdm. `tqdm.write` prints other
    lines above the bar.
    """
    if sys.stderr.isatty():
        with tqdm(desc=doing, total=total, unit=unit, leave=False, bar_format=bar_format) as bar:
            yield lambda more: bar.update(max(0.0, min(more, bar.total - bar.n)))
        return
    yield _Lines(doing, total, unit, every_s).update


class _Lines:
    """Prints a line every `every_s` seconds, with the time left at the mean speed so far."""

    def __init__(self, doing: str, total: float, unit: str, every_s: float):
        self.doing, self.total, self.unit, self.every_s = doing, total, unit, every_s
        self.done = 0.0
        self.began_s = self.told_s = time.monotonic()

    def update(self, more: float) -> None:
        """Count `more` finished items, and print a line when it is due."""
        self.done += more
        now_s = time.monotonic()
        if now_s - self.told_s < self.every_s or not 0 < self.done < self.total:
            return
        self.told_s = now_s
        left_s = (now_s - self.began_s) * (self.total - self.done) / self.done
        of_all = f"{self.done:.0f} of {self.total:.0f} {self.unit}s"
        line = f"{self.doing}: {of_all}, about {in_words(left_s)} left"
        print(line, file=sys.stderr, flush=True)


def in_words(seconds: float) -> str:
    """A rounded duration in words: "40 s", "12 min", "3.5 h", "4.2 days"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"
