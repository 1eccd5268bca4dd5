"""The one LightningModule: an enhancer that learns, from a batch to a loss."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig
from torch import Tensor

from dsp.decibel import amplitude
from dsp.stft import STFT
from models.consumed import Consumed, of_step
from models.enhancer import Enhancer
from models.level import Level
from models.losses.loss import Loss
from models.networks.network import Network
from models.run import enhancer_parts, require_contract
from models.running_mean import RunningMean
from models.targets.target import Target
from options.build import build, maker

Batch = Mapping[str, Tensor]


class Learner(Enhancer, pl.LightningModule):
    """An enhancer with stage references, loss and optimiser; its weights are those of an Enhancer.

    stage_gains_db: SNR gain over the mixture of the intermediate references, by number of stages
    (PL-CRNN, Table 2). stage_weight: loss weight of the intermediate stages, the last has 1.
    optimizer: called with the parameters. criterion: what a training brings down; None: the loss of
    the target. Raises ValueError where there are no gains for the network's number of stages.
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
        # Of the epoch that runs: the loss over its frames, and which rows it has had.
        self.train_loss, self.consumed = RunningMean(), Consumed()

    def references(self, clean: Tensor, noise: Tensor, level: Tensor | float = 1.0) -> Tensor:
        """What the target compares each stage's estimate with: clean speech in less noise.

        Shapes: clean, noise [batch, time], level [batch, 1, frame] -> [batch, stage, component,
        freq, frame], relative to the level.
        """
        mixture = self.stft(clean + noise).unsqueeze(1)
        in_less_noise = self.stft(self.in_less_noise(clean, noise))
        if isinstance(level, Tensor):
            level = level.unsqueeze(1)
        return self.target.reference(in_less_noise / level, mixture / level)

    def in_less_noise(self, clean: Tensor, noise: Tensor) -> Tensor:
        """The signal that each stage is to give: [batch, time] each -> [batch, stage, time].

        That of a stage of gain g dB is clean + noise * 10^(-g / 20); that of the last is clean.
        """
        return clean.unsqueeze(1) + noise.unsqueeze(1) * self.noise_left[:, None]

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Mean loss over frequencies and the frames that are not padding, and those frames.

        It is summed over stages by their weights.
        """
        summed, frames = self.summed_loss(batch)
        return summed / frames, frames

    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss of `loss` summed over the frames, and how many these are.

        Signals that do not count, where `batch` says so, have none.
        """
        spectrum = self.stft(batch["mixture"])
        estimates, level = self.estimates(spectrum)
        frames = self.stft.frames(batch["length"]) * batch.get("counts", 1)
        if self.criterion is None:
            per_stage = self._of_bins(estimates, level, batch)
        else:
            per_stage = self._of_signals(estimates, level, spectrum, batch)
        # No product of matrices: a training in lower precision would round it.
        per_signal = (per_stage * self.weights).sum(-1)
        return (per_signal * frames).sum(), frames.sum()

    def _of_bins(self, estimates: Tensor, level: Tensor, batch: Batch) -> Tensor:
        """The target's loss of each signal and stage: [batch, stage]."""
        references = self.references(batch["clean"], batch["noise"], level)
        frames = self.stft.frames(batch["length"])[:, None]
        number = torch.arange(estimates.shape[-1], device=estimates.device)
        is_signal = number < frames  # [batch, frame]
        per_frame = self.target.loss(estimates, references).mean((2, 3))  # [batch, stage, frame]
        return torch.where(is_signal[:, None], per_frame, 0).sum(-1) / frames

    def _of_signals(
        self, estimates: Tensor, level: Tensor, spectrum: Tensor, batch: Batch
    ) -> Tensor:
        """The criterion's loss of each signal and stage: [batch, stage].

        With a Hamming window the last samples of a signal that ends between two hops lie under one
        frame more where a longer one stands beside it: its loss is then another by up to 0.05 %.
        """
        spectra = self.audible(estimates, spectrum.unsqueeze(1), level.unsqueeze(1))
        time = batch["mixture"].shape[-1]
        waveforms = self.stft.inverse(spectra, time)
        number = torch.arange(time, device=waveforms.device)
        is_signal = number < batch["length"][:, None]  # [batch, time]
        return self.criterion.of_signals(
            torch.where(is_signal[:, None], waveforms, 0),
            self.in_less_noise(batch["clean"], batch["noise"]),
            batch["mixture"],
            batch["length"],
            self.stft,
        )

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """Loss of one batch: the mean over the frames of all processes.

        Here times their number, for the gradients are averaged over them.
        """
        own, frames = self.summed_loss(batch)
        summed = self._of_all(torch.stack([own.detach(), frames.to(own.dtype)]))
        # Weighted by frames, the mean over an epoch is the mean over its frames.
        self.train_loss.add(summed)
        self.consumed.add(self._of_all(of_step(batch["row"], batch["counts"], batch_index)))
        self.log("train_loss_step", summed[0] / summed[1], prog_bar=True)
        return own * self.trainer.world_size / summed[1]

    def _of_all(self, numbers: Tensor) -> Tensor:
        """The sum of `numbers` over all processes."""
        if self.trainer.world_size == 1:
            return numbers
        return self.trainer.strategy.reduce(numbers, reduce_op="sum")

    def validation_step(self, batch: Batch, batch_index: int) -> Tensor:
        """Loss of one batch."""
        summed, frames = self.summed_loss(batch)
        loss = summed / frames.clamp(min=1)
        self.log(
            "validation_loss",
            loss,
            on_step=False,
            on_epoch=True,
            prog_bar=True,
            batch_size=int(frames),
            sync_dist=True,
        )
        return loss

    def on_train_epoch_end(self) -> None:
        """Tell the mean of the epoch, and begin that of the next one."""
        self.log("train_loss_epoch", self.train_loss.mean())
        self.train_loss.reset()
        self.consumed.reset()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the mean so far."""
        checkpoint["train_loss"] = self.train_loss.state_dict()
        checkpoint["consumed"] = self.consumed.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take it up; older checkpoints are of the end of an epoch, and need none."""
        if "train_loss" in checkpoint:
            self.train_loss.load_state_dict(checkpoint["train_loss"])
            self.consumed.load_state_dict(checkpoint["consumed"])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """The optimiser; its rate follows models.training.RuleOfRises."""
        return self.optimizer(params=self.parameters())


def build_learner(cfg: DictConfig) -> Learner:
    """The untrained module that a training config describes.

    Raises ValueError where a part of it is not what it must be.
    """
    # A key typed on the command line is text, and comes after those of the file.
    stage_gains_db = {}
    for stages, gains_db in cfg.recipe.stage_gains_db.items():
        stage_gains_db[int(stages)] = list(gains_db)
    learner = Learner(
        **enhancer_parts(cfg),
        stage_gains_db=stage_gains_db,
        stage_weight=cfg.recipe.stage_weight,
        optimizer=maker(cfg.recipe.optimizer, torch.optim.Optimizer),
        criterion=build(cfg.recipe.loss, Loss) if cfg.recipe.loss else None,
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
