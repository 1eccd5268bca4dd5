"""The contract of every schedule."""

from abc import ABC, abstractmethod


class Schedule(ABC):
    """What the learning rate is at each step of a training, as a factor of the optimiser's own.

    It keeps no state and knows nothing but the step, so that a training that is resumed goes on as
    if nothing had interrupted it.
    """

    @abstractmethod
    def factor(self, step: int, steps: int) -> float:
        """Factor of the learning rate at `step`, from 0, of a training of `steps`.

        Raises ValueError where a training of `steps` is too short for the schedule.
        """
