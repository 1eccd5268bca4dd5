"""The space of a search: the options of a command line that are ranges or choices."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep

from options.run_options import meaning
from options.typed import option_of
from text.line import in_one_line

EXAMPLE = '"recipe.optimizer.lr=tag(log,interval(1e-4,1e-2))" or network=crnn,pl_crnn'


class Space(NamedTuple):
    """ranges: optuna's distributions by option. fixed: typed options that are not searched."""

    ranges: Mapping[str, Any]
    fixed: Sequence[str]

    def identity(self) -> dict[str, str]:
        """The values that must not change when a study is continued, by option."""
        from optuna.distributions import distribution_to_json

        known = {option: distribution_to_json(one) for option, one in self.ranges.items()}
        for item in self.fixed:
            typed, _, value = item.partition("=")
            if meaning(option_of(item)).fixed:
                known[typed] = json.dumps(value)
        return known

    def overrides(self, params: Mapping[str, Any]) -> list[str]:
        """The overrides of a trial whose searched options are `params`."""
        return [*self.fixed, *(f"{option}={value}" for option, value in params.items())]


def space_of(parser: OverridesParser, arguments: Sequence[str]) -> Space:
    """The space of `arguments`; a later argument overrides an earlier one of the same option.

    Raises ValueError if nothing is searched, or a range is invalid.
    """
    by_option = {one.get_key_element(): one for one in parser.parse_overrides([*arguments])}
    ranges = {}
    fixed = []
    for option, override in by_option.items():
        if override.is_sweep_override():
            ranges[option] = _range(option, override)
        else:
            fixed.append(f"{option}={override.get_value_element_as_str()}")
    if not ranges:
        raise ValueError(f"search=optuna: nothing is searched; give a range or choices: {EXAMPLE}")
    return Space(ranges, fixed)


def _range(option: str, override: Override) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    values = override.value()
    try:
        if isinstance(values, IntervalSweep):
            low, high = values.start, values.end
            whole = isinstance(low, int) and isinstance(high, int)
            kind = IntDistribution if whole else FloatDistribution
            return kind(low, high, log="log" in values.tags)
        if isinstance(values, RangeSweep) and isinstance(values.step, int):
            steps = values.range()
            return IntDistribution(min(steps), max(steps), step=abs(values.step))
        return CategoricalDistribution([*override.sweep_string_iterator()])
    except ValueError as error:
        problem = in_one_line(error)
        raise ValueError(f"{override.input_line or option}: {problem}") from error
