"""DNSMOS, predicted rating of signal distortion."""

from metrics.dnsmos import DNSMOS, predicted


class DNSMOSSIG(DNSMOS):
    """Rating by ITU-T P.835 of signal distortion, predicted, from 1 to 5.

    Reddy et al., 2022, by the networks of the package speechmos (extra: mos). 16 kHz only.
    Raises as `DNSMOS`.

    >>> DNSMOSSIG.facts.needs_reference
    False
    """

    facts = predicted("DNSMOS SIG", "signal distortion", "ITU-T P.835 (Reddy et al., 2022)")
    name = "sig_mos"
