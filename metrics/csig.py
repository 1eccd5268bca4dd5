"""Predicted rating of signal distortion."""

from metrics.composite import SOURCE, Composite, Parts
from metrics.facts import Facts
from metrics.p862 import PACKAGES


class CSIG(Composite):
    """CSIG, the predicted mean rating of signal distortion, from 1 to 5.

    Hu and Loizou, "Evaluation of objective quality measures for speech enhancement", IEEE TASLP
    2008; the coefficients are those of their MATLAB file composite.m, which published tables use.
    Options as for `Composite`.

    >>> CSIG.combined(Parts(pesq=0.0, llr=0.0, wss=0.0, ssnr=0.0))
    3.093
    """

    facts = Facts(
        "CSIG", f"predicted signal distortion {SOURCE}", lowest=1.0, highest=5.0, packages=PACKAGES
    )

    @staticmethod
    def combined(parts: Parts) -> float:
        """The published linear combination."""
        return 3.093 - 1.029 * parts.llr + 0.603 * parts.pesq - 0.009 * parts.wss
