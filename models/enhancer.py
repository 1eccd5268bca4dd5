"""The one LightningModule: from a batch of waveforms to a loss, and from a mixture to its enhanced waveform."""

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

    network: called with freqs and target. level: what magnitudes are divided by before the network and multiplied with
    after it. stage_gains_db: SNR gain over the mixture of the intermediate references, by number of stages (PL-CRNN,
    Table 2). stage_weight: loss weight of the intermediate stages, the last has 1. optimizer: called with the
    parameters.
    Raises ValueError where there are no gains for the network's number of stages, and at the first mixture where its
    estimates are not one magnitude per stage.
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
        self.stft, self.target, self.level = stft, target, level
        self.network = network(freqs=stft.freqs, target=target)
        stages = self.network.stage_count
        if stages not in stage_gains_db or len(stage_gains_db[stages]) != stages - 1:
            raise ValueError(
                f"network.stages={stages}: recipe.stage_gains_db has no {stages - 1} gains for it; add "
                f"'+recipe.stage_gains_db.{stages}=[...]' in dB, one for each stage but the last"
            )
        gains = torch.tensor([float(gain) for gain in stage_gains_db[stages]] + [float("inf")])
        self.register_buffer("noise_left", amplitude(-gains), persistent=False)
        self.register_buffer(
            "weights", torch.tensor([stage_weight] * (stages - 1) + [1.0]), persistent=False
        )
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
        enhanced = (self.network.final(estimates) if stage is None else estimates[:, stage]) * level
        self.train(training)
        return self.stft.inverse(torch.polar(enhanced, spectrum.angle()), mixture.shape[-1])

    def references(self, clean: Tensor, noise: Tensor) -> Tensor:
        """What the target compares each stage's estimate with: the reference of a stage is clean speech in less noise.

        Shapes: clean, noise [batch, time] -> [batch, stage, freq, frame].
        The reference of a stage of gain g dB is clean + noise * 10^(-g / 20); that of the last stage is clean.
        """
        clean, noise = self.stft(clean).unsqueeze(1), self.stft(noise).unsqueeze(1)
        return self.target.reference(clean + noise * self.noise_left[:, None, None], clean + noise)

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Mean loss over frequencies and the frames that are not padding, summed over weighted stages; those frames."""
        mixture = self.stft(batch["mixture"]).abs()
        estimates, level = self._estimates(mixture)
        references = self.references(batch["clean"], batch["noise"]) / level.unsqueeze(1)
        frames = self.stft.frames(batch["length"])
        counts = (
            torch.arange(estimates.shape[-1], device=estimates.device) < frames[:, None]
        )  # [batch, frame]
        per_frame = self.target.loss(estimates, references).mean(2)  # [batch, stage, frame]
        weighted = torch.einsum("bsf,s->bf", per_frame, self.weights)
        return torch.where(counts, weighted, 0).sum() / frames.sum(), frames.sum()

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
        batch, *freq_and_frame = magnitude.shape
        needed = [batch, self.network.stage_count, *freq_and_frame]
        if (
            list(estimates.shape) != needed
        ):  # some others would be broadcast, and the loss mean nothing
            raise ValueError(
                f"{type(self.network).__name__} makes {list(estimates.shape)} of magnitudes {list(magnitude.shape)}; "
                f"it must be [batch, stage, freq, frame], here {needed}"
            )
        return estimates, level

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
