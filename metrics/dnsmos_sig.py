"""DNSMOS, predicted rating of signal distortion."""

from metrics.dnsmos import DNSMOS, PACKAGES
from metrics.facts import Facts


class DNSMOSSIG(DNSMOS):
    """Rating by ITU-T P.835 of signal distortion, predicted, from 1 to 5.

    Reddy et al., 2022, by the networks of the package speechmos (extra: mos). 16 kHz only.
    Raises as `DNSMOS`.

    >>> DNSMOSSIG.facts.needs_reference
    False
    """

    facts = Facts(
        "DNSMOS SIG",
        "signal distortion, predicted rating by ITU-T P.835 (Reddy et al., 2022), speechmos",
        lowest=1.0,
        highest=5.0,
        needs_reference=False,
        packages=PACKAGES,
    )
    name = "sig_mos"
