"""The cache of an evaluation: enhanced signals, transcripts and scores."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from files.fingerprint import of_values
from models.system import System
from reporting.scoring.score_cache import Names, Score, ScoreCache


class Memory(NamedTuple):
    """A cache, and the values that its entries depend on.

    beside: further plain values that decide the output of a system: rate, device, code. metrics:
    the version of each by name; a metric without one is identified by its name.
    """

    cache: ScoreCache
    beside: Any = None
    metrics: Mapping[str, str] = {}

    @classmethod
    def empty(cls) -> "Memory":
        """A cache that ends with this process."""
        return cls(ScoreCache(None))

    def known_content(self, system: System, mixture: str) -> str | None:
        """The content name of the output of `system` for the signals named `mixture`, or None.

        Only the cache is read.
        """
        version = self._version(system)
        return version and self.cache.enhanced(version, mixture)

    def put_content(self, system: System, mixture: str, content: str) -> None:
        """Cache the content name of an output, if `system` can be identified."""
        version = self._version(system)
        if version:
            self.cache.put_enhanced(version, mixture, content)

    def has_run(self, system: System) -> bool:
        """Whether the cache has any output of `system`: then the system can run."""
        version = self._version(system)
        return bool(version) and self.cache.any_enhanced(version)

    def names(self, row: str) -> Names | None:
        """The cached names of the signals of a plan's `row`, or None."""
        return self.cache.names(row)

    def put_names(self, row: str, names: Names) -> None:
        """Cache the names of the signals of a plan's `row`."""
        self.cache.put_names(row, names)

    def text(self, key: str) -> str | None:
        """The cached transcript of an answer, or None."""
        known = self.cache.shown(key)
        return None if known is None else known[0]

    def put_text(self, key: str, text: str) -> None:
        """Cache the transcript of an answer."""
        self.cache.put_shown(key, text, "")

    def scores(self, pair: str, metrics: Iterable[str]) -> dict[str, Score]:
        """The cached scores of a pair of signals, by the names of `metrics`."""
        return self.cache.scores(pair, self._versions(metrics))

    def has_scored(self, metric: str) -> bool:
        """Whether the cache has any score of the metric named `metric`: then it is usable."""
        (version,) = self._versions([metric]).values()
        return self.cache.any_score(version)

    def put_scores(self, pair: str, scores: Mapping[str, Score]) -> None:
        """Cache scores of a pair of signals, by the names of metrics."""
        self.cache.put_scores(pair, self._versions(scores), scores)

    def _version(self, system: System) -> str | None:
        """A key of all that decides the output of `system`; None if it cannot be identified."""
        made_of = system.made_of
        return None if made_of is None else of_values(made_of, self.beside)

    def _versions(self, metrics: Iterable[str]) -> dict[str, str]:
        return {name: self.metrics.get(name, name) for name in metrics}
