"""Word error rate."""

from metrics.error_rate import ErrorRate, jiwer
from metrics.facts import TEXT, Facts


class WER(ErrorRate):
    """Words that are wrong, missing or too many, by those that are said.

    >>> WER()("so near", "so far off", 16000)
    1.0
    """

    facts = Facts(
        "WER",
        "words wrong, missing or too many, by those said (edit distance, as jiwer counts it)",
        unit="%",
        factor=100.0,
        digits=1,
        lowest=0.0,
        higher_is_better=False,
        compares=TEXT,
        packages=("jiwer", "rapidfuzz"),
        place=5,
    )

    def rate(self, said: str, heard: str) -> float:
        """See `ErrorRate.rate`."""
        return jiwer().wer(said, heard)
