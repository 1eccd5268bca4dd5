"""Utterances to look at and to listen to: for every SNR the one that was improved most, least, and as usual."""

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import soundfile
import torch
from matplotlib import colormaps
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

from datagen.library import Library
from datagen.plan import Plan
from datagen.render import render
from dsp.stft import STFT
from files.fingerprint import of_sources, of_values
from reporting.scoring.score_cache import ScoreCache, of_signal
from reporting.scoring.score_plan import Memory
from reporting.scoring.systems import MIXTURE, ORACLE, System
from reporting.tables.headline import HEADLINE
from reporting.tables.improvement import improvements, ranked
from reporting.tables.summary import NOISE

LONGEST_S = 4.0  # of an excerpt
PANELS = 132  # in all, at most: about 7 MB at 16 kHz
MOST, ALWAYS = 8, 3  # systems in an example, the best ones; beside clean, mixture and oracle
RANGE_DB = 70.0  # of a spectrogram, below its loudest point
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


def choose(scores: pd.DataFrame) -> list[tuple[str, str]]:
    """Title and mixture_id of the examples: by the SDR that the best system (or the oracle) adds to the mixture's."""
    gains = improvements(scores)
    if "sdr" not in gains or gains.sdr.isna().all():
        return []
    runs = gains.sdr.drop(ORACLE, errors="ignore").dropna()
    judged = runs.idxmax() if len(runs) else gains.sdr.idxmax()
    sdr = scores.pivot(index="mixture_id", columns="system", values="sdr")
    added = (sdr[judged] - sdr[MIXTURE]).dropna().sort_values()
    snr = scores.drop_duplicates("mixture_id").set_index("mixture_id").snr_db
    chosen = []
    for one in sorted(snr.unique()):
        ranked = added[snr[added.index] == one]
        places = {"typical": len(ranked) // 2, "most improved": len(ranked) - 1, "least improved": 0}
        for what, place in places.items():
            if len(ranked) and ranked.index[place] not in {mixture for _, mixture in chosen}:
                told = f"{one:g} dB, {what}: {judged} adds {ranked.iloc[place]:+.1f} dB of SDR"
                chosen.append((told, ranked.index[place]))
    return chosen


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
    memory, chosen = memory or Memory(ScoreCache(None), {}, {}), choose(scores)
    shown = _shown(scores, systems, PANELS // max(1, len(chosen)) - ALWAYS)
    for title, mixture_id in chosen:
        parts = render(rows.loc[mixture_id].to_dict(), library)
        kept = scores[scores.mixture_id == mixture_id].set_index("system")
        show = _Shower(parts, stft, device, memory)
        panels = [Panel("clean", "", *show.clean())]
        panels += [Panel(name, _scored(kept, name), *show.enhanced(name, systems[name])) for name in shown]
        noise = kept.noise_type.iloc[0], NOISE[bool(kept.noise_seen.iloc[0])]
        yield Example(f"{title} ({noise[0]}, {noise[1]} noise)", panels)


class _Shower:
    """Picture and sound of what systems make of one mixture."""

    def __init__(self, parts: Mapping[str, Tensor], stft: STFT, device: str, memory: Memory):
        self.parts, self.batch = parts, {part: signal[None].to(device) for part, signal in parts.items()}
        self.stft, self.memory = stft, memory
        self.mixture = of_signal(np.stack([parts[part].double().numpy() for part in ("clean", MIXTURE)]))
        self.samples = round(LONGEST_S * stft.sample_rate)

    def clean(self) -> tuple[str, str]:
        return self._shown(of_signal(self.parts["clean"].double().numpy()), lambda: self.parts["clean"])

    def enhanced(self, name: str, system: System) -> tuple[str, str]:
        enhance = cache(lambda: system(self.batch)[0].cpu())
        content = self.memory.content(name, self.mixture, lambda: enhance().double().numpy())
        return self._shown(content, enhance)

    def _shown(self, content: str, signal: Callable[[], Tensor]) -> tuple[str, str]:
        transform = self.stft.sample_rate, self.stft.length, self.stft.hop
        key = of_values(self.mixture, content, transform, of_sources("reporting", "dsp"))
        found = self.memory.cache.shown(key)
        if found is None:
            found = self._made(signal()[: self.samples])
            self.memory.cache.put_shown(key, *found)
        return found

    def _made(self, signal: Tensor) -> tuple[str, str]:
        clean, mixture = (self.parts[part][: self.samples] for part in ("clean", MIXTURE))
        gain = PEAK / max(float(one.abs().max()) for one in (clean, mixture))
        top = float(self.stft(clean[None]).abs().max())
        # What a broken system returns is shown as far as it goes: NaN and what is missing are silence.
        signal = pad(torch.nan_to_num(signal, 0.0, 0.0, 0.0), (0, max(0, len(clean) - len(signal))))
        return picture(signal, self.stft, top), sound(gain * signal, self.stft.sample_rate)


def _shown(scores: pd.DataFrame, systems: Mapping[str, System], room: int) -> list[str]:
    """Mixture, oracle, and as many of the best systems as there is room for, one at least."""
    shown = {MIXTURE, ORACLE, *ranked(scores)[: max(1, min(MOST, room))]}
    return [name for name in systems if name in shown]


def _scored(kept: pd.DataFrame, name: str) -> str:
    if name not in kept.index:
        return ""
    shown = [(info, kept.loc[name, score]) for score, info in HEADLINE.items() if score in kept]
    return ", ".join(f"{info.label} {value * info.factor:.{info.digits}f}" for info, value in shown if value == value)


def picture(signal: Tensor, stft: STFT, top: float) -> str:
    """Spectrogram of a signal [time] in dB below `top`, low frequencies at the bottom."""
    magnitude = stft(signal[None])[0].abs()
    level = 20 * torch.log10(magnitude.clamp_min(1e-12) / top) / RANGE_DB + 1
    coloured = colormaps["magma"](level.clamp(0, 1).flip(0).numpy(), bytes=True)[..., :3]
    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(coloured)).save(content, "WEBP", quality=60)
    return _uri("image/webp", content)


def sound(signal: Tensor, sample_rate: int) -> str:
    """A signal [time] in [-1, 1] as Vorbis."""
    content = io.BytesIO()
    with soundfile.SoundFile(content, "w", sample_rate, 1, "VORBIS", format="OGG") as file:
        for block in signal.clamp(-1, 1).split(sample_rate):  # libsndfile crashes on long blocks of Vorbis
            file.write(block.numpy())
    return _uri("audio/ogg", content)


def _uri(kind: str, content: io.BytesIO) -> str:
    return f"data:{kind};base64,{base64.b64encode(content.getvalue()).decode()}"
