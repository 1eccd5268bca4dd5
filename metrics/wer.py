"""Word error rate."""

from metrics.error_rate import ErrorRate, jiwer, of_texts


class WER(ErrorRate):
    """Substituted, deleted and inserted words over the words of the reference.

    >>> WER()("so near", "so far off", 16000)
    1.0
    """

    facts = of_texts("WER", "words", place=5)

    def rate(self, reference: str, transcript: str) -> float:
        """See `ErrorRate.rate`."""
        return jiwer().wer(reference, transcript)
