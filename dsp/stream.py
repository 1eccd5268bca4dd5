"""The short-time Fourier transform of a signal that has not ended, and its inverse."""

import torch
from torch import Tensor

from dsp.stft import STFT


class _Half:
    """The common base of analysis and synthesis: a transform whose hop is half of its window.

    Raises ValueError for another hop: the first frames would begin before those of the whole
    signal.
    """

    def __init__(self, stft: STFT):
        if stft.length != 2 * stft.hop:
            raise ValueError(
                f"stft.hop_s={stft.hop / stft.sample_rate:g}: a stream needs a hop of half of "
                f"stft.window_s={stft.length / stft.sample_rate:g}"
            )
        self.stft = stft

    def initial_state(self, batch: int) -> Tensor:
        """The state before the first sample or frame: [batch, hop]."""
        return self.stft.window.new_zeros(batch, self.stft.hop)


class Analysis(_Half):
    """Waveform to spectrum, hop by hop: one frame for each hop, equal to those of the whole signal.

    The state is the last hop of samples. Frame l, centred on sample l * hop, is computed when the
    hop after its centre has arrived.

    >>> analysis, waveform = Analysis(STFT(16000)), torch.linspace(-1, 1, 320)
    >>> first, state = analysis.advance(waveform[None, :160], analysis.initial_state(1))
    >>> second, state = analysis.advance(waveform[None, 160:], state)
    >>> whole = analysis.stft(waveform[None])
    >>> torch.allclose(torch.cat((first, second), -1), whole[..., :2], atol=1e-5)
    True
    """

    def advance(self, samples: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """The next frames, and the state to carry on.

        Shapes: samples [batch, hops * hop], state [batch, hop] -> [batch, freq, hops], complex.
        Raises ValueError where the samples are not whole hops.
        """
        if samples.shape[-1] % self.stft.hop:
            raise ValueError(
                f"{samples.shape[-1]} samples are no multiple of the hop of {self.stft.hop}"
            )
        both = torch.cat((state, samples), -1)
        frames = both.unfold(-1, self.stft.length, self.stft.hop)  # [batch, hops, sample]
        spectrum = torch.fft.rfft(frames * self.stft.window)
        return spectrum.transpose(1, 2), both[..., -self.stft.hop :]


class Synthesis(_Half):
    """Spectrum to waveform, frame by frame: each frame ends the hop before its centre.

    The state is the later half of the last frame. The first frame gives the hop before the first
    sample of the signal.

    >>> stft, waveform = STFT(16000), torch.linspace(-1, 1, 480)
    >>> synthesis = Synthesis(stft)
    >>> samples, _ = synthesis.advance(stft(waveform[None]), synthesis.initial_state(1))
    >>> torch.allclose(samples[0, 160:], waveform, atol=1e-5)
    True
    """

    def advance(self, spectrum: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """The next samples, and the state to carry on.

        Shapes: spectrum [batch, freq, hops], state [batch, hop] -> [batch, hops * hop].
        """
        frames = torch.fft.irfft(spectrum.transpose(1, 2), self.stft.length) * self.stft.window
        early, late = frames.split(self.stft.hop, -1)  # [batch, hops, hop]
        before = torch.cat((state.unsqueeze(1), late[:, :-1]), 1)
        rising, falling = self.stft.window.square().split(self.stft.hop)
        return ((before + early) / (rising + falling)).flatten(1), late[:, -1]

    def rest(self, state: Tensor) -> Tensor:
        """The hop after the last frame's centre, which lies under that frame alone: [batch, hop].

        It belongs to the signal only with a window that has no zeros.
        """
        _, falling = self.stft.window.square().split(self.stft.hop)
        return state / falling
