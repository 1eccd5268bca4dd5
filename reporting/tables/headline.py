"""The scores of the headline tables. Loads nothing: the check of a config needs them too."""

from collections.abc import Iterable
from math import isnan
from typing import NamedTuple


class Headline(NamedTuple):
    """How a score stands in the headline tables; `factor` turns it into `unit`."""

    label: str
    unit: str
    factor: float
    digits: int

    @property
    def head(self) -> str:
        """Label and unit."""
        return f"{self.label} {self.unit}".rstrip()

    def change(self, value: float) -> str:
        """A difference of scores, with its sign and unit."""
        if isnan(value):
            return f"{self.label} not computed"
        unit = "points" if self.unit == "%" else self.unit
        return f"{self.label} {value * self.factor:+.{self.digits}f} {unit}".rstrip()


HEADLINE = {
    "pesq_nb_raw": Headline("PESQ", "", 1.0, 2),
    "stoi": Headline("STOI", "%", 100.0, 1),
    "sdr": Headline("SDR", "dB", 1.0, 2),
}


def headlines(names: Iterable[str]) -> list[str]:
    """Those of HEADLINE that are among `names`."""
    return [score for score in HEADLINE if score in names]
