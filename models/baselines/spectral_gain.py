"""The common base of enhancers with a gain for each bin, which depends on the bin's SNR."""

from abc import abstractmethod
from math import exp

import torch
from torch import Tensor
from torch.nn.functional import max_pool1d, pad

from dsp.stft import STFT
from models.system import Enhancing

TRIALS = 20  # spans of white noise that measure the bias of minima


class SpectralGain(Enhancing):
    """A gain for every bin, from its power and the noise's, with the mixture's phase.

    The noise power is estimated by minimum statistics (Martin, 1994 and 2001): a bin's power is
    smoothed with the time constant `smoothing_s`, and its minimum over the last `span_s` is
    multiplied by the bias of such minima in white noise. So speech may begin and pause at any time,
    but a sound that lasts for span_s without a gap counts as noise. No frame depends on a later
    frame.

    Raises ValueError for options out of range.
    """

    def __init__(
        self,
        sample_rate: int,
        smoothing_s: float = 0.1,
        span_s: float = 1.5,
        window_s: float = 0.032,
        hop_s: float = 0.016,
    ):
        super().__init__(sample_rate)
        self.window_s = window_s
        self.hop_s = hop_s
        self._stft()  # it refuses a window and a hop that do not fit
        if not hop_s <= smoothing_s <= span_s <= 10:
            raise ValueError(
                f"smoothing_s={smoothing_s:g}, span_s={span_s:g}: must be from hop_s={hop_s:g} to "
                "span_s, and at most 10"
            )
        self.smoothing = exp(-hop_s / smoothing_s)  # weight of the past at each frame
        self.span = round(span_s / hop_s)  # frames
        self.bias = self._bias()

    @abstractmethod
    def gain(self, power: Tensor, noise: Tensor) -> Tensor:
        """The gains of magnitudes, from squared magnitudes and the noise's part of them.

        Shapes: float64 [batch, freq, frame] each. A gain must be finite also where the power is 0.
        """

    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhance each mixture with its own noise estimate: [batch, time] -> [batch, time]."""
        if not mixture.any():
            return mixture  # silence, or no samples at all
        stft = self._stft().to(mixture.device)
        spectrum = stft(mixture.double())
        power = spectrum.abs().square()
        gain = self.gain(power, self.noise_power(power))
        return stft.inverse(gain * spectrum, mixture.shape[-1]).to(mixture)

    def noise_power(self, power: Tensor) -> Tensor:
        """The noise's part of squared magnitudes: [batch, freq, frame] -> [batch, freq, frame].

        Until the average has settled, the smoothed power itself is the estimate.
        """
        smoothed = self._smoothed(power)
        reliable = smoothed.clone()
        reliable[..., : self._settling] = torch.inf
        recent = pad(reliable, (self.span - 1, 0), value=torch.inf)
        minima = -max_pool1d(-recent, self.span, stride=1)
        frames = torch.arange(power.shape[-1], device=power.device)
        behind = (frames - self._settling).clamp(0, self.span - 1)
        bias = power.new_tensor(self.bias)[behind]
        return torch.where(minima.isfinite(), bias * minima, smoothed)

    def _smoothed(self, power: Tensor) -> Tensor:
        """Power averaged over frames, with weights that fall with their age.

        It begins as the mean of all frames so far, until the average has its full length.
        """
        average = torch.zeros_like(power[..., 0])
        averages = []
        for number, frame in enumerate(power.unbind(-1)):
            kept = min(self.smoothing, number / (number + 1))
            average = kept * average + (1 - kept) * frame
            averages.append(average)
        return torch.stack(averages, -1)

    @property
    def _settling(self) -> int:
        """The number of frames until the average has its full length."""
        return round(1 / (1 - self.smoothing))

    def _bias(self) -> list[float]:
        """The power of white noise over its smoothed minimum in 1, 2, ... span frames."""
        generator = torch.Generator().manual_seed(0)
        samples = TRIALS * self.span * round(self.hop_s * self.sample_rate)
        noise = torch.randn(samples, generator=generator, dtype=torch.float64)
        inner = slice(1, -1)  # the lowest and the highest bin are real, and vary more
        power = self._stft()(noise)[inner].abs().square()
        trials = self._smoothed(power)[:, self._settling :].unfold(-1, self.span, self.span)
        minima = trials.cummin(-1).values.mean((0, 1))
        return [round(bias, 3) for bias in (power.mean() / minima).tolist()]

    def _stft(self) -> STFT:
        return STFT(self.sample_rate, self.window_s, self.hop_s, "sqrt_hann").double()
