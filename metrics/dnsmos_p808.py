"""DNSMOS, predicted rating of overall quality."""

from metrics.dnsmos import DNSMOS, predicted


class DNSMOSP808(DNSMOS):
    """Rating by ITU-T P.808 of overall quality, predicted, from 1 to 5.

    Reddy et al., 2021, by the networks of the package speechmos (extra: mos). 16 kHz only.
    Raises as `DNSMOS`.

    >>> DNSMOSP808.facts.needs_reference
    False
    """

    facts = predicted("DNSMOS P.808", "overall quality", "ITU-T P.808 (Reddy et al., 2021)")
    name = "p808_mos"
