"""Classification accuracy: the share of answers that name the right class."""

from metrics.facts import Facts
from metrics.metric import Metric
from text.answers import LABEL


class Accuracy(Metric):
    """1 where the answer is the class, else 0; the mean over clips is the accuracy.

    >>> Accuracy()("dog", "dog", 16000), Accuracy()("dog", "rain", 16000)
    (1.0, 0.0)
    """

    facts = Facts(
        "accuracy", "share of clips whose class is named", unit="%", factor=100.0, digits=1,
        lowest=0, highest=1, compares=LABEL, packages=(), place=1, ranks=True,
    )  # fmt: skip

    def score(self, reference: str, estimate: str, sample_rate: int) -> float:
        """See the class; reference and estimate are names of classes."""
        return float(reference == estimate)

    def trial(self, sample_rate: int) -> tuple[str, str]:
        """Two different classes, see `Metric.trial`."""
        return "dog", "rain"
