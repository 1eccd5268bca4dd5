"""The one LightningModule: from a batch to a loss, and from a mixture to its enhanced waveform."""

from collections.abc import Callable, Mapping, Sequence

import pytorch_lightning as pl
import torch
from torch import Tensor

from dsp.decibel import amplitude
from dsp.stft import STFT
from models.level import Level
from models.networks.network import Network
from models.targets.target import Target

Batch = Mapping[str, Tensor]


class Enhancer(pl.LightningModule):
    """A network with its transform, target, stage references, loss and optimiser.

    network: called with freqs and target. level: what magnitudes are divided by before the network
    and multiplied with after it. stage_gains_db: SNR gain over the mixture of the intermediate
    references, by number of stages (PL-CRNN, Table 2). stage_weight: loss weight of the
    intermediate stages, the last has 1. optimizer: called with the parameters.
    Raises ValueError where there are no gains for the network's number of stages, and at the first
    mixture where its estimates are not one magnitude per stage.
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
    ):
        super().__init__()
        self.stft = stft
        self.target = target
        self.level = level
        self.network = network(freqs=stft.freqs, target=target)
        stages = self.network.stage_count
        gains_db = [*_stage_gains_db(stage_gains_db, stages), float("inf")]
        noise_left = amplitude(-torch.tensor(gains_db))
        weights = torch.tensor([stage_weight] * (stages - 1) + [1.0])
        self.register_buffer("noise_left", noise_left, persistent=False)
        self.register_buffer("weights", weights, persistent=False)
        self.optimizer = optimizer

    @torch.no_grad()
    def enhance(self, mixture: Tensor, stage: int | None = None) -> Tensor:
        """Waveform to waveform, with the mixture's phase: [batch, time] -> [batch, time].

        stage: whose estimate is made audible, from 0; None: what the network holds for final.
        """
        training = self.training
        self.eval()
        spectrum = self.stft(mixture)
        magnitude = spectrum.abs()
        estimates, level = self._estimates(magnitude)
        estimate = self.network.final(estimates) if stage is None else estimates[:, stage]
        self.train(training)
        enhanced = torch.polar(estimate * level, spectrum.angle())
        return self.stft.inverse(enhanced, mixture.shape[-1])

    def references(self, clean: Tensor, noise: Tensor) -> Tensor:
        """What the target compares each stage's estimate with: clean speech in less noise.

        Shapes: clean, noise [batch, time] -> [batch, stage, freq, frame].
        The reference of a stage of gain g dB is clean + noise * 10^(-g / 20); that of the last
        stage is clean.
        """
        clean = self.stft(clean).unsqueeze(1)
        noise = self.stft(noise).unsqueeze(1)
        in_less_noise = clean + noise * self.noise_left[:, None, None]
        return self.target.reference(in_less_noise, clean + noise)

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Mean loss over frequencies and the frames that are not padding, and those frames.

        It is summed over stages by their weights.
        """
        mixture = self.stft(batch["mixture"]).abs()
        estimates, level = self._estimates(mixture)
        references = self.references(batch["clean"], batch["noise"]) / level.unsqueeze(1)
        frames = self.stft.frames(batch["length"])
        number = torch.arange(estimates.shape[-1], device=estimates.device)
        is_signal = number < frames[:, None]  # [batch, frame]
        per_frame = self.target.loss(estimates, references).mean(2)  # [batch, stage, frame]
        weighted = torch.einsum("bsf,s->bf", per_frame, self.weights)
        total = torch.where(is_signal, weighted, 0).sum()
        return total / frames.sum(), frames.sum()

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """Loss of one batch."""
        return self._logged("train_loss", batch, on_step=True)

    def validation_step(self, batch: Batch, batch_index: int) -> Tensor:
        """Loss of one batch."""
        return self._logged("validation_loss", batch, on_step=False)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """The optimiser; its rate follows models.training.RuleOfRises."""
        return self.optimizer(params=self.parameters())

    def _estimates(self, magnitude: Tensor) -> tuple[Tensor, Tensor]:
        """What the network makes of a mixture's magnitude, and the level that it is relative to."""
        level = self.level(magnitude)
        estimates = self.network(magnitude / level)
        self._require_shape(estimates, magnitude)
        return estimates, level

    def _require_shape(self, estimates: Tensor, magnitude: Tensor) -> None:
        """Some other shapes would be broadcast, and the loss mean nothing."""
        batch, freqs, frames = magnitude.shape
        needed = [batch, self.network.stage_count, freqs, frames]
        shape = list(estimates.shape)
        if shape != needed:
            raise ValueError(
                f"{type(self.network).__name__} makes {shape} of magnitudes "
                f"{list(magnitude.shape)}; it must be [batch, stage, freq, frame], here {needed}"
            )

    def _logged(self, name: str, batch: Batch, on_step: bool) -> Tensor:
        loss, frames = self.loss(batch)
        # Weighted by frames, the mean over an epoch is the mean over its frames.
        self.log(
            name,
            loss,
            on_step=on_step,
            on_epoch=True,
            prog_bar=True,
            batch_size=int(frames),
            sync_dist=True,
        )
        return loss


def _stage_gains_db(by_stages: Mapping[int, Sequence[float]], stages: int) -> list[float]:
    """SNR gains of the intermediate stages of a network of `stages` stages."""
    gains_db = by_stages.get(stages)
    if gains_db is None or len(gains_db) != stages - 1:
        raise ValueError(
            f"network.stages={stages}: recipe.stage_gains_db has no {stages - 1} gains for it; add "
            f"'+recipe.stage_gains_db.{stages}=[...]' in dB, one for each stage but the last"
        )
    return [float(gain) for gain in gains_db]
