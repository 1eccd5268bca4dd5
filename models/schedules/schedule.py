"""The contract of every schedule."""

from abc import ABC, abstractmethod


class Schedule(ABC):
    """The learning rate at each step of a training, as a factor of the optimiser's initial rate.

    It keeps no state and depends only on the step, so a resumed training continues as if it had not
    been interrupted.
    """

    @abstractmethod
    def factor(self, step: int, steps: int) -> float:
        """The factor of the learning rate at `step`, from 0, of a training of `steps` steps.

        Raises ValueError where the training is too short for the schedule.
        """
