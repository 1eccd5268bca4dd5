"""What an evaluation need not do again: what systems made of mixtures, and scores."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from files.fingerprint import of_values
from models.system import Answer, System
from reporting.scoring.score_cache import Score, ScoreCache, of_answer


class Memory(NamedTuple):
    """A cache, and what its entries depend on.

    beside: plain values that decide what a system gives, beside what it is made of: rate, device,
    code. metrics: the version of each by name; a metric without is known by its name.
    """

    cache: ScoreCache
    beside: Any = None
    metrics: Mapping[str, str] = {}

    @classmethod
    def empty(cls) -> "Memory":
        """One that ends with this process."""
        return cls(ScoreCache(None))

    def content(self, system: System, mixture: str, answer: Callable[[], Answer]) -> str:
        """Name of the content of what `system` makes of the signals named `mixture`.

        It is looked up, or `answer` is called for it.
        """
        made_of = system.made_of
        if made_of is None:
            return of_answer(answer())
        version = of_values(made_of, self.beside)
        content = self.cache.enhanced(version, mixture)
        if content is None:
            content = of_answer(answer())
            self.cache.put_enhanced(version, mixture, content)
        return content

    def scores(self, pair: str, metrics: Iterable[str]) -> dict[str, Score]:
        """What is known of a pair of signals, by the names of `metrics`."""
        return self.cache.scores(pair, self._versions(metrics))

    def put_scores(self, pair: str, scores: Mapping[str, Score]) -> None:
        """Remember scores of a pair of signals, by the names of metrics."""
        self.cache.put_scores(pair, self._versions(scores), scores)

    def _versions(self, metrics: Iterable[str]) -> dict[str, str]:
        return {name: self.metrics.get(name, name) for name in metrics}
