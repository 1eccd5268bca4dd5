"""DNSMOS, predicted rating of intrusiveness of the background."""

from metrics.dnsmos import DNSMOS, predicted


class DNSMOSBAK(DNSMOS):
    """Rating by ITU-T P.835 of intrusiveness of the background, predicted, from 1 to 5.

    Reddy et al., 2022, by the networks of the package speechmos (extra: mos). 16 kHz only.
    Raises as `DNSMOS`.

    >>> DNSMOSBAK.facts.needs_reference
    False
    """

    facts = predicted("DNSMOS BAK", "disturbing background", "ITU-T P.835 (Reddy et al., 2022)")
    name = "bak_mos"
