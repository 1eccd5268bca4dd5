"""What must be known of a score to print it, to compare by it and to remember it."""

from math import inf, isnan
from typing import NamedTuple

# Kinds of what a metric compares: a waveform [time], a text, the name of a class, [talker, time],
# the tokens of a tune.
SPEECH, TEXT, LABEL, TALKERS, NOTES = "speech", "text", "label", "talkers", "notes"


class Facts(NamedTuple):
    """Of a metric.

    label: what tables call it. definition: what it is, in a line, with the standard or the paper.
    unit: after `factor`, which turns a score into it. digits: behind the point, in tables. lowest,
    highest: of its values, as computed. higher_is_better: and else the lower. needs_reference: it
    compares with what the answer should be. compares: the kind of what it compares, of SPEECH and
    the others. packages: their versions decide the value. place: among the
    scores of the headline tables, from 1; None: in the others. ranks: systems are ranked by it
    where the headline tables have it. noticeable: a loss of so much is worth a word.

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
        """Label and unit."""
        return f"{self.label} {self.unit}".rstrip()

    @property
    def sign(self) -> int:
        """1 where a higher score is better, else -1."""
        return 1 if self.higher_is_better else -1

    def shown(self, value: float, sign: str = "") -> str:
        """A score as tables print it. sign: "+" for one that always stands there."""
        return format(value * self.factor, f"{sign}.{self.digits}f")

    def change(self, value: float) -> str:
        """A difference of scores, with its sign and unit."""
        if isnan(value):
            return f"{self.label} not computed"
        unit = "points" if self.unit == "%" else self.unit
        return f"{self.label} {self.shown(value, '+')} {unit}".rstrip()

    def described(self) -> str:
        """The definition and all that tells how to read a value."""
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
