"""DNSMOS, predicted rating of intrusiveness of the background."""

from metrics.dnsmos import DNSMOS, PACKAGES
from metrics.facts import Facts


class DNSMOSBAK(DNSMOS):
    """Rating by ITU-T P.835 of intrusiveness of the background, predicted, from 1 to 5.

    Reddy et al., 2022, by the networks of the package speechmos (extra: mos). 16 kHz only.
    Raises as `DNSMOS`.

    >>> DNSMOSBAK.facts.needs_reference
    False
    """

    facts = Facts(
        "DNSMOS BAK",
        "disturbing background, predicted rating by ITU-T P.835 (Reddy et al., 2022), speechmos",
        lowest=1.0,
        highest=5.0,
        needs_reference=False,
        packages=PACKAGES,
    )
    name = "bak_mos"
