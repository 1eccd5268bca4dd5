"""Systems whose answers are known, and the bench of a plan."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from dsp.stft import STFT
from models.baselines.oracle import Oracle
from models.baselines.unprocessed import Unprocessed
from models.system import SpeechSystem
from models.system_names import MIXTURE, ORACLE
from models.targets.iam import IAM
from reporting.scoring.systems import Systems


class Answers(SpeechSystem):
    """A system that is a function of the batch.

    What it gives is not remembered unless it says what it is made of.
    """

    def __init__(self, function: Callable[[Mapping[str, Tensor]], Tensor], made_of: Any = None):
        self.function, self._made_of, self.calls = function, made_of, 0

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        self.calls += 1
        return self.function(batch)

    @property
    def made_of(self) -> Any:
        return self._made_of


class Hears:
    """A recogniser that hears the same `text` in every signal at its rate."""

    made_of = "one text"

    def __init__(self, text: str, sample_rate: int):
        self.text, self.sample_rate = text, sample_rate

    def __call__(self, signal, sample_rate: int) -> str:
        return self.text if sample_rate == self.sample_rate else ""


def mixture_and_oracle(sample_rate: int) -> Systems:
    return {MIXTURE: Unprocessed(sample_rate), ORACLE: Oracle(STFT(sample_rate), IAM())}
