"""An enhancer that learns: stage references and the loss against them."""

from collections.abc import Callable, Mapping, Sequence

import torch
from omegaconf import DictConfig
from torch import Tensor

from dsp.decibel import amplitude
from dsp.padding import without_padding
from dsp.stft import STFT
from models.building import enhancer_parts, require_contract
from models.enhancer import Enhancer
from models.learner import Batch, Learner
from models.level import Level
from models.losses.loss import Loss, criterion_of
from models.networks.network import Network
from models.targets.target import Target
from options.build import maker


class EnhancementLearner(Enhancer, Learner):
    """An enhancer with stage references, loss and optimiser; its weights are those of an Enhancer.

    stage_gains_db: SNR gain over the mixture of the intermediate references, by number of stages
    (PL-CRNN, Table 2). stage_weight: loss weight of the intermediate stages, the last has 1.
    optimizer: called with the parameters. criterion: the loss that a training minimises; None: the
    loss of the target. Raises ValueError where the network's number of stages has no gains.
    """

    def __init__(
        self,
        stft: STFT,
        target: Target,
        network: Callable[..., Network],
        level: Level,
        stage_gains_db: Mapping[int, Sequence[float]],
        stage_weight: float = 0.1,
        optimizer: Callable[..., torch.optim.Optimizer] | None = None,
        criterion: Loss | None = None,
    ):
        super().__init__(stft, target, network, level)
        stages = self.network.stage_count
        gains_db = [*_stage_gains_db(stage_gains_db, stages), float("inf")]
        noise_left = amplitude(-torch.tensor(gains_db))
        weights = torch.tensor([stage_weight] * (stages - 1) + [1.0])
        self.register_buffer("noise_left", noise_left, persistent=False)
        self.register_buffer("weights", weights, persistent=False)
        self.optimizer = optimizer
        self.criterion = criterion

    def references(self, clean: Tensor, noise: Tensor, level: Tensor | float = 1.0) -> Tensor:
        """The references of the stages' estimates for the target: clean speech in less noise.

        Shapes: clean, noise [batch, time], level [batch, 1, frame] -> [batch, stage, component,
        freq, frame], relative to the level.
        """
        mixture = self.stft(clean + noise).unsqueeze(1)
        in_less_noise = self.stft(self.in_less_noise(clean, noise))
        if isinstance(level, Tensor):
            level = level.unsqueeze(1)
        return self.target.reference(in_less_noise / level, mixture / level)

    def in_less_noise(self, clean: Tensor, noise: Tensor) -> Tensor:
        """The reference signal of each stage: [batch, time] each -> [batch, stage, time].

        A stage of gain g dB has clean + noise * 10^(-g / 20); the last stage has clean.
        """
        return clean.unsqueeze(1) + noise.unsqueeze(1) * self.noise_left[:, None]

    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss summed over the frames that are not padding, and how many these are.

        The loss of a frame is the mean over frequencies, summed over stages by their weights.
        Signals that do not count (`batch` says so) have no frames.
        """
        spectrum = self.stft(batch["mixture"])
        estimates, level = self.estimates(spectrum)
        frames = self.stft.frames(batch["length"]) * batch.get("counts", 1)
        if self.criterion is None:
            per_stage = self._of_bins(estimates, level, batch)
        else:
            per_stage = self._of_signals(estimates, level, spectrum, batch)
        # Not a matrix product: a training in lower precision would round it.
        per_signal = (per_stage * self.weights).sum(-1)
        return (per_signal * frames).sum(), frames.sum()

    def _of_bins(self, estimates: Tensor, level: Tensor, batch: Batch) -> Tensor:
        """The target's loss of each signal and stage: [batch, stage]."""
        references = self.references(batch["clean"], batch["noise"], level)
        frames = self.stft.frames(batch["length"])
        per_frame = self.target.loss(estimates, references).mean((2, 3))  # [batch, stage, frame]
        return without_padding(per_frame, frames).sum(-1) / frames[:, None]

    def _of_signals(
        self, estimates: Tensor, level: Tensor, spectrum: Tensor, batch: Batch
    ) -> Tensor:
        """The criterion's loss of each signal and stage: [batch, stage].

        With a Hamming window the last samples of a signal that ends between two hops lie under an
        additional frame if the batch has a longer signal. This changes its loss by up to 0.05 %.
        """
        spectra = self.estimated_spectrum(estimates, spectrum.unsqueeze(1), level.unsqueeze(1))
        waveforms = self.stft.inverse(spectra, batch["mixture"].shape[-1])
        return self.criterion.of_signals(
            without_padding(waveforms, batch["length"]),
            self.in_less_noise(batch["clean"], batch["noise"]),
            batch["mixture"],
            batch["length"],
            self.stft,
        )


def build_learner(cfg: DictConfig) -> EnhancementLearner:
    """The untrained module that a training config describes.

    Raises ValueError for an invalid part of it.
    """
    # A key from the command line is text, and comes after the keys of the file.
    stage_gains_db = {}
    for stages, gains_db in cfg.recipe.stage_gains_db.items():
        stage_gains_db[int(stages)] = list(gains_db)
    learner = EnhancementLearner(
        **enhancer_parts(cfg),
        stage_gains_db=stage_gains_db,
        stage_weight=cfg.recipe.stage_weight,
        optimizer=maker(cfg.recipe.optimizer, torch.optim.Optimizer),
        criterion=criterion_of(cfg.recipe),
    )
    require_contract(learner)
    return learner


def _stage_gains_db(by_stages: Mapping[int, Sequence[float]], stages: int) -> list[float]:
    """SNR gains of the intermediate stages of a network of `stages` stages."""
    gains_db = by_stages.get(stages)
    if gains_db is None or len(gains_db) != stages - 1:
        raise ValueError(
            f"network.stages={stages}: recipe.stage_gains_db has no {stages - 1} gains for it; add "
            f"'+recipe.stage_gains_db.{stages}=[...]' in dB, one for each stage but the last"
        )
    return [float(gain) for gain in gains_db]
