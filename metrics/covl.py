"""Predicted rating of overall quality."""

from metrics.composite import SOURCE, Composite, Parts
from metrics.facts import Facts
from metrics.p862 import PACKAGES


class COVL(Composite):
    """COVL, the predicted mean rating of overall quality, from 1 to 5.

    Hu and Loizou, "Evaluation of objective quality measures for speech enhancement", IEEE TASLP
    2008; the coefficients are those of their MATLAB file composite.m, which published tables use.
    Options as for `Composite`.

    >>> COVL.combined(Parts(pesq=0.0, llr=0.0, wss=0.0, ssnr=0.0))
    1.594
    """

    facts = Facts(
        "COVL", f"predicted overall quality {SOURCE}", lowest=1.0, highest=5.0, packages=PACKAGES
    )

    @staticmethod
    def combined(parts: Parts) -> float:
        """The published linear combination."""
        return 1.594 + 0.805 * parts.pesq - 0.512 * parts.llr - 0.007 * parts.wss
