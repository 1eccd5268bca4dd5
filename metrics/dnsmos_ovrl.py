"""DNSMOS, predicted rating of overall quality."""

from metrics.dnsmos import DNSMOS, predicted


class DNSMOSOVRL(DNSMOS):
    """Rating by ITU-T P.835 of overall quality, predicted, from 1 to 5.

    Reddy et al., 2022, by the networks of the package speechmos (extra: mos). 16 kHz only.
    Raises as `DNSMOS`.

    >>> DNSMOSOVRL.facts.needs_reference
    False
    """

    facts = predicted("DNSMOS OVRL", "overall quality", "ITU-T P.835 (Reddy et al., 2022)")
    name = "ovrl_mos"
