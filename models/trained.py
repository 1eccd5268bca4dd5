"""A trained run as a system."""

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.enhancer import Enhancer
from models.run import content_of, load_run, run_config
from models.system import Enhancing, OfRun


class TrainedRun(Enhancing, OfRun):
    """The model of a run at its best epoch on validation; it is loaded at its first use.

    folder: of the run, or of its published form. device: where it enhances. stage: the stage whose
    estimate is made audible, from 1; None: the network's final estimate. content: the fingerprint
    of the folder, see `models.run.content_of`, where known. It is sent to other processes as these
    arguments, and each process loads it once. Raises FileNotFoundError or ValueError where `folder`
    is not a run.
    """

    def __init__(
        self,
        folder: Path,
        device: str = "cpu",
        stage: int | None = None,
        content: str | None = None,
    ):
        super().__init__(run_config(folder).sample_rate)
        self.folder = folder
        self.device = device
        self.stage = stage
        self.content = content or content_of(folder)
        self.travelled = False

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> "TrainedRun":
        """The run in `folder`, loaded; raises as `load_run` does."""
        run = cls(folder, device)
        run.require_network()
        return run

    def require_network(self) -> None:
        """See `OfRun.require_network`; raises as `load_run` does."""
        self.enhancer.eval()

    def __getstate__(self) -> dict[str, Any]:
        state = {name: value for name, value in vars(self).items() if name != "enhancer"}
        return {**state, "travelled": True}

    @cached_property
    def enhancer(self) -> Enhancer:
        """The enhancer with its weights; raises as `load_run`, and for weights changed since."""
        opened = _opened_once if self.travelled else _opened
        return opened(self.folder, self.content, self.device)

    def stages(self) -> list["TrainedRun"]:
        """See `OfRun.stages`: each from the first on, as a separate system.

        The stage whose estimate the run itself makes audible is left out.
        """
        systems = []
        for stage in range(1, self.enhancer.network.stage_count + 1):
            if stage != self.output_stage:
                system = TrainedRun(self.folder, self.device, stage, self.content)
                system.enhancer = self.enhancer
                systems.append(system)
        return systems

    @cached_property
    def output_stage(self) -> int | None:
        """The stage whose estimate is made audible, from 1; None where they are averaged."""
        if self.stage is not None:
            return self.stage
        network = self.enhancer.network
        shape = network.stage_count, network.target.component_count, self.enhancer.stft.freqs, 1
        estimates = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
        final = network.final(estimates)
        for number in range(network.stage_count):
            if torch.equal(final, estimates[:, number]):
                return number + 1
        return None

    def enhance(self, mixture: Tensor) -> Tensor:
        """See `Enhancing.enhance`."""
        from_zero = None if self.stage is None else self.stage - 1
        return self.enhancer.enhance(mixture, stage=from_zero)

    @property
    def made_of(self) -> Any:
        """Its config and weights, and the stage."""
        return [self.content, self.stage]


def _opened(folder: Path, content: str, device: str) -> Enhancer:
    enhancer = load_run(folder).to(device)
    if content_of(folder) != content:
        raise ValueError(f"{folder}: has changed since this began; evaluate it again")
    return enhancer


_opened_once = lru_cache(maxsize=None)(_opened)
