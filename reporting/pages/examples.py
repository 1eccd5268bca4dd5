"""Utterances to look at and to listen to.

Which mixtures these are is chosen in reporting.pages.example_choice.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import pad

from datagen.library import Library
from datagen.plan import Plan
from datagen.render import render
from dsp.stft import STFT
from files.fingerprint import of_sources, of_values
from reporting.pages.example_choice import choose
from reporting.pages.media import picture, sound
from reporting.scoring.score_cache import ScoreCache, of_signal
from reporting.scoring.score_plan import Memory
from reporting.scoring.systems import MIXTURE, ORACLE, System
from reporting.tables.headline import HEADLINE
from reporting.tables.improvement import ranked
from reporting.tables.summary import NOISE

LONGEST_S = 4.0  # of an excerpt
PANELS = 132  # in all, at most: about 7 MB at 16 kHz
MOST = 8  # systems in an example, the best ones
ALWAYS = 3  # panels beside those: clean, mixture and oracle
PEAK = 0.8  # Vorbis may overshoot


class Panel(NamedTuple):
    """One signal: its name, what it scored, and spectrogram and sound as data URIs."""

    name: str
    scored: str
    picture: str
    sound: str


class Example(NamedTuple):
    """One mixture and what the systems made of it."""

    title: str
    panels: list[Panel]


def examples(
    scores: pd.DataFrame,
    plan: Plan,
    library: Library,
    systems: Mapping[str, System],
    stft: STFT,
    device: str = "cpu",
    memory: Memory | None = None,
) -> Iterator[Example]:
    """The examples of `choose`: excerpts of up to 4 s, all signals of a mixture under one gain.

    What `memory` knows is neither enhanced nor drawn again.
    """
    rows = plan.rows.set_index("mixture_id", drop=False)
    memory = memory or Memory(ScoreCache(None), {}, {})
    chosen = choose(scores)
    panels_each = PANELS // max(1, len(chosen))
    shown = _shown(scores, systems, panels_each - ALWAYS)
    for title, mixture_id in chosen:
        row = rows.loc[mixture_id]
        signals = render(row.to_dict(), library)
        views = _Views(signals, stft, device, memory)
        of_mixture = scores[scores.mixture_id == mixture_id].set_index("system")
        panels = [Panel("clean", "", *views.clean())]
        for name in shown:
            scored = _scored(of_mixture, name)
            view = views.enhanced(name, systems[name])
            panels.append(Panel(name, scored, *view))
        yield Example(f"{title} ({_noise(of_mixture)})", panels)


def _noise(of_mixture: pd.DataFrame) -> str:
    """The noise of a mixture in a title. of_mixture: its scores."""
    noise_type = of_mixture.noise_type.iloc[0]
    seen = bool(of_mixture.noise_seen.iloc[0])
    return f"{noise_type}, {NOISE[seen]} noise"


class _Views:
    """Picture and sound of what systems make of one mixture.

    signals: [time] each, of the mixture and its clean speech at least.
    """

    def __init__(
        self,
        signals: Mapping[str, Tensor],
        stft: STFT,
        device: str,
        memory: Memory,
    ):
        self.signals = signals
        self.batch = {}
        for part, signal in signals.items():
            self.batch[part] = signal[None].to(device)
        self.stft = stft
        self.memory = memory
        self.samples = round(LONGEST_S * stft.sample_rate)
        clean = _to_numpy(signals["clean"])
        mixture = _to_numpy(signals[MIXTURE])
        self.mixture = of_signal(np.stack([clean, mixture]))

    def clean(self) -> tuple[str, str]:
        """Picture and sound of the clean speech."""
        signal = self.signals["clean"]
        return self._view(of_signal(_to_numpy(signal)), lambda: signal)

    def enhanced(self, name: str, system: System) -> tuple[str, str]:
        """Picture and sound of what `system` makes of the mixture."""

        @cache
        def enhance() -> Tensor:
            return system(self.batch)[0].cpu()

        content = self.memory.content(name, self.mixture, lambda: _to_numpy(enhance()))
        return self._view(content, enhance)

    def _view(self, content: str, signal: Callable[[], Tensor]) -> tuple[str, str]:
        """The view that is remembered of a signal with this `content`, or a new one."""
        stft = self.stft
        key = of_values(
            self.mixture,
            content,
            (stft.sample_rate, stft.length, stft.hop),
            of_sources("reporting", "dsp"),
        )
        view = self.memory.cache.shown(key)
        if view is None:
            view = self._made(signal()[: self.samples])
            self.memory.cache.put_shown(key, *view)
        return view

    def _made(self, signal: Tensor) -> tuple[str, str]:
        """Picture and sound of an excerpt [time], under the gain of all signals of the mixture.

        What a broken system returns is shown as far as it goes: NaN and what is missing are
        silence.
        """
        clean = self.signals["clean"][: self.samples]
        mixture = self.signals[MIXTURE][: self.samples]
        loudest = max(_peak(clean), _peak(mixture))
        gain = PEAK / loudest
        top = _peak(self.stft(clean[None]))
        finite = torch.nan_to_num(signal, 0.0, 0.0, 0.0)
        missing = max(0, len(clean) - len(signal))
        whole = pad(finite, (0, missing))
        return (
            picture(whole, self.stft, top),
            sound(gain * whole, self.stft.sample_rate),
        )


def _peak(values: Tensor) -> float:
    """The highest absolute value."""
    return float(values.abs().max())


def _to_numpy(signal: Tensor) -> np.ndarray:
    """Samples [time] as they are compared: float64."""
    return signal.double().numpy()


def _shown(
    scores: pd.DataFrame,
    systems: Mapping[str, System],
    room: int,
) -> list[str]:
    """Mixture, oracle, and as many of the best systems as there is room for, one at least."""
    count = max(1, min(MOST, room))
    best = ranked(scores)[:count]
    shown = []
    for name in systems:
        if name in (MIXTURE, ORACLE) or name in best:
            shown.append(name)
    return shown


def _scored(of_mixture: pd.DataFrame, name: str) -> str:
    """The headline scores of a system that were computed. of_mixture: scores, by system."""
    if name not in of_mixture.index:
        return ""
    scored = []
    for score, info in HEADLINE.items():
        if score not in of_mixture:
            continue
        value = of_mixture.loc[name, score]
        if pd.isna(value):
            continue
        shown = format(value * info.factor, f".{info.digits}f")
        scored.append(f"{info.label} {shown}")
    return ", ".join(scored)
