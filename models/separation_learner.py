"""A separator that learns by permutation invariant training (uPIT, Kolbaek et al., 2017)."""

from collections.abc import Callable

import torch
from omegaconf import DictConfig
from torch import Tensor

from dsp.padding import without_padding
from dsp.stft import STFT
from models.learner import Batch, Learner
from models.level import Level
from models.losses.loss import Loss, criterion_of
from models.separation.network import SeparationNetwork
from models.separation.permutation import best_permutation
from models.separator import Separator
from models.targets.target import Target
from models.trained_separation import separator_parts
from options.build import maker


class SeparationLearner(Separator, Learner):
    """A separator with loss and optimiser; its weights are those of a Separator.

    optimizer: called with the parameters. criterion: the loss that a training minimises; None: the
    loss of the target.
    """

    def __init__(
        self,
        stft: STFT,
        target: Target,
        network: Callable[..., SeparationNetwork],
        level: Level,
        optimizer: Callable[..., torch.optim.Optimizer] | None = None,
        criterion: Loss | None = None,
    ):
        super().__init__(stft, target, network, level)
        self.optimizer = optimizer
        self.criterion = criterion

    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss of the best permutation, summed over frames without padding, and their number.

        The loss of a frame is the mean over talkers and frequencies. All frames of a mixture have
        the same permutation.
        """
        spectrum = self.stft(batch["mixture"])
        estimates, level = self.estimates(spectrum)
        talkers = torch.stack([batch["clean"], batch["noise"]], 1)
        frames = self.stft.frames(batch["length"])
        if self.criterion is None:
            references = self.references(talkers, spectrum, level)
            costs = self._of_bins(estimates, references, frames)
        else:
            waveforms = self.waveforms(estimates, spectrum, level, talkers.shape[-1])
            costs = self._of_signals(waveforms, talkers, batch) * frames[:, None, None]
        least, _ = best_permutation(costs)
        counted = frames * batch.get("counts", 1)
        return (least * (counted > 0)).sum(), counted.sum()

    def references(self, talkers: Tensor, spectrum: Tensor, level: Tensor) -> Tensor:
        """The references of the estimates for the target, relative to the level.

        Shapes: talkers [batch, talker, time], spectrum of the mixture [batch, freq, frame], level
        [batch, 1, frame] -> [batch, talker, component, freq, frame].
        """
        spectrum, level = spectrum.unsqueeze(1), level.unsqueeze(1)
        return self.target.reference(self.stft(talkers) / level, spectrum / level)

    def _of_bins(self, estimates: Tensor, references: Tensor, frames: Tensor) -> Tensor:
        """The target's loss of every pair, summed over frames: [batch, estimate, reference]."""
        of_bins = self.target.loss(estimates.unsqueeze(2), references.unsqueeze(1))
        per_frame = of_bins.mean((3, 4))  # [batch, estimate, reference, frame]
        return without_padding(per_frame, frames).sum(-1)

    def _of_signals(self, waveforms: Tensor, talkers: Tensor, batch: Batch) -> Tensor:
        """The criterion's loss of every pair of waveforms: [batch, estimate, reference]."""
        estimates = without_padding(waveforms, batch["length"])
        count = talkers.shape[1]
        of_pairs = self.criterion.of_signals(
            estimates.repeat_interleave(count, 1),
            talkers.repeat(1, count, 1),
            batch["mixture"],
            batch["length"],
            self.stft,
        )
        return of_pairs.unflatten(1, (count, count))


def build_learner(cfg: DictConfig) -> SeparationLearner:
    """The untrained module that a training config describes.

    Raises ValueError for an invalid part of it.
    """
    return SeparationLearner(
        **separator_parts(cfg),
        optimizer=maker(cfg.recipe.optimizer, torch.optim.Optimizer),
        criterion=criterion_of(cfg.recipe),
    )
