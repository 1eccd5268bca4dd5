"""The facts of a score by which it is printed, compared and cached."""

from math import inf, isnan
from typing import NamedTuple

from text.answers import SPEECH


class Facts(NamedTuple):
    """The facts of a metric.

    label: its name in tables. definition: a line with the standard or the paper. unit: the unit of
    the score times `factor`. digits: decimals in tables. lowest, highest: the limits of the
    computed values. higher_is_better: otherwise a lower score is better. needs_reference: whether
    it compares the answer with a reference. compares: the kind of the compared objects, see
    text.answers. packages: the packages whose versions decide the value. place: the place in the
    headline tables, from 1; None: in the other tables. ranks: whether the headline tables rank
    systems by it. noticeable: a loss of this size is reported.

    >>> stoi = Facts("STOI", "a correlation", unit="%", factor=100.0, digits=1)
    >>> stoi.head, stoi.shown(0.8), stoi.change(-0.02)
    ('STOI %', '80.0', 'STOI -2.0 points')
    """

    label: str
    definition: str = ""
    unit: str = ""
    factor: float = 1.0
    digits: int = 2
    lowest: float = -inf
    highest: float = inf
    higher_is_better: bool = True
    needs_reference: bool = True
    compares: str = SPEECH
    packages: tuple[str, ...] = ("numpy", "scipy")
    place: int | None = None
    ranks: bool = False
    noticeable: float | None = None

    @property
    def head(self) -> str:
        """The label and the unit."""
        return f"{self.label} {self.unit}".rstrip()

    @property
    def change_word(self) -> str:
        """The word for a difference of scores on an axis, with its direction where that is down."""
        return "improvement" if self.higher_is_better else "change (lower is better)"

    @property
    def sign(self) -> int:
        """1 where a higher score is better, else -1."""
        return 1 if self.higher_is_better else -1

    def shown(self, value: float, sign: str = "") -> str:
        """A score as tables print it. sign: "+" prints the sign of positive scores, too."""
        return format(value * self.factor, f"{sign}.{self.digits}f")

    def within(self, value: float) -> float:
        """The end of an interval, moved to the nearer limit where it is outside; NaN stays.

        >>> Facts("accuracy", lowest=0.0, highest=1.0).within(1.02)
        1.0
        """
        return min(max(value, self.lowest), self.highest)

    def change(self, value: float) -> str:
        """A difference of scores, with its sign and unit."""
        if isnan(value):
            return f"{self.label} not computed"
        unit = "points" if self.unit == "%" else self.unit
        return f"{self.label} {self.shown(value, '+')} {unit}".rstrip()

    def described(self) -> str:
        """The definition, the unit, the limits and the direction of the score, in words."""
        parts = [self.definition or self.label]
        if self.lowest > -inf and self.highest < inf:
            parts.append(f"{self.lowest:g} to {self.highest:g}")
        elif self.highest < inf:
            parts.append(f"at most {self.highest:g}")
        if self.unit and self.factor == 1:
            parts.append(f"in {self.unit}")
        if not self.higher_is_better:
            parts.append("the lower the better")
        if not self.needs_reference:
            parts.append("without a reference")
        return "; ".join(parts)
