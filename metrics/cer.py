"""Character error rate."""

from metrics.error_rate import ErrorRate, jiwer, of_texts


class CER(ErrorRate):
    """Substituted, deleted and inserted characters over the characters of the reference.

    >>> CER()("near", "bear", 16000)
    0.25
    """

    facts = of_texts("CER", "characters", place=4)

    def rate(self, reference: str, transcript: str) -> float:
        """See `ErrorRate.rate`."""
        return jiwer().cer(reference, transcript)
