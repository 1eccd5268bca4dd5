"""A linear warm-up, followed by half a cosine."""

import math

from models.schedules.schedule import Schedule


class WarmupCosine(Schedule):
    """A linear rise from 0 to 1 at step `warmup_steps`, then half a cosine down to `final`.

    `final` is the factor of the last step (Loshchilov and Hutter, 2017, without restarts). Raises
    ValueError for a negative number of steps, and for a `final` outside of [0, 1].

    >>> schedule = WarmupCosine(warmup_steps=2)
    >>> [round(schedule.factor(step, 7), 3) for step in range(7)]
    [0.0, 0.5, 1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def __init__(self, warmup_steps: int, final: float = 0.0):
        if warmup_steps < 0:
            raise ValueError(f"recipe.schedule.warmup_steps={warmup_steps}: must be at least 0")
        if not 0 <= final <= 1:
            raise ValueError(f"recipe.schedule.final={final}: must be from 0 to 1")
        self.warmup_steps = warmup_steps
        self.final = final

    def factor(self, step: int, steps: int) -> float:
        """See `Schedule`; a training must have more than one step after its warm-up."""
        last = steps - 1
        if last <= self.warmup_steps:
            raise ValueError(
                f"recipe.schedule.warmup_steps={self.warmup_steps}: the training has {steps} "
                f"steps, and its end must come after the warm-up; give at most {steps - 2}, or "
                "more trainer.max_epochs"
            )
        if step < self.warmup_steps:
            return step / self.warmup_steps
        passed = (step - self.warmup_steps) / (last - self.warmup_steps)
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * passed)) / 2
