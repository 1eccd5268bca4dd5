"""Predicted rating of intrusiveness of the background."""

from metrics.composite import SOURCE, Composite, Parts
from metrics.facts import Facts
from metrics.p862 import PACKAGES


class CBAK(Composite):
    """CBAK, the predicted mean rating of intrusiveness of the background, from 1 to 5.

    Hu and Loizou, "Evaluation of objective quality measures for speech enhancement", IEEE TASLP
    2008; the coefficients are those of their MATLAB file composite.m, which published tables use.
    Options as for `Composite`.

    >>> CBAK.combined(Parts(pesq=0.0, llr=0.0, wss=0.0, ssnr=0.0))
    1.634
    """

    facts = Facts(
        "CBAK",
        f"predicted intrusiveness of the background {SOURCE}",
        lowest=1.0,
        highest=5.0,
        packages=PACKAGES,
    )

    @staticmethod
    def combined(parts: Parts) -> float:
        """The published linear combination."""
        return 1.634 + 0.478 * parts.pesq - 0.007 * parts.wss + 0.063 * parts.ssnr
