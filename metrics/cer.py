"""Character error rate."""

from metrics.error_rate import ErrorRate, jiwer
from metrics.facts import TEXT, Facts


class CER(ErrorRate):
    """Characters that are wrong, missing or too many, by those that are said.

    >>> CER()("near", "bear", 16000)
    0.25
    """

    facts = Facts(
        "CER",
        "characters wrong, missing or too many, by those said (edit distance, as jiwer counts it)",
        unit="%",
        factor=100.0,
        digits=1,
        lowest=0.0,
        higher_is_better=False,
        compares=TEXT,
        packages=("jiwer", "rapidfuzz"),
        place=4,
    )

    def rate(self, said: str, heard: str) -> float:
        """See `ErrorRate.rate`."""
        return jiwer().cer(said, heard)
