"""The delay of a stream that is enhanced."""

from audio.resampling import resampling_delay_s
from enhancing.signal import Wish
from enhancing.upper_band import HOP_S
from models.enhancer import Enhancer
from models.pieces import held_back


def delay_s(enhancer: Enhancer, sample_rate: int, wish: Wish) -> float | None:
    """The largest delay of a sample in `enhanced_blocks`, in seconds.

    It is the sum of the network's window (or piece) and the delays of resampling and of the gain of
    the upper band. None for a network that needs the whole signal.
    """
    samples = held_back(enhancer)
    if samples is None:
        return None
    rate = enhancer.stft.sample_rate
    after = resampling_delay_s(rate, sample_rate)
    if wish.keep_upper_band and sample_rate > rate:
        half = resampling_delay_s(rate, rate // 2) + resampling_delay_s(rate // 2, rate)
        after = max(after, half + 2 * HOP_S)
    return resampling_delay_s(sample_rate, rate) + samples / rate + after


def in_words(enhancer: Enhancer, sample_rate: int, wish: Wish) -> str:
    """The delay as part of a printed line."""
    network = type(enhancer.network).__name__
    late = delay_s(enhancer, sample_rate, wish)
    if late is None:
        return f"all of it at the end, for {network} needs the whole signal"
    own = held_back(enhancer) / enhancer.stft.sample_rate
    text = f"at most {1000 * late:.0f} ms late"
    if late > own:
        text += f", {1000 * own:.0f} of them by {network}, the rest by resampling"
    return text
