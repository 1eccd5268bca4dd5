"""Utterances to look at and to listen to: for every SNR the one that was improved most, least, and as usual."""

import base64
import io
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import soundfile
import torch
from matplotlib import colormaps
from PIL import Image
from torch import Tensor

from datagen.library import Library
from datagen.plan import Plan
from datagen.render import render
from dsp.stft import STFT
from reporting.headline import HEADLINE
from reporting.summary import improvements
from reporting.systems import MIXTURE, ORACLE, System

LONGEST_S = 4.0  # of an excerpt
MOST = 8  # systems in an example, the best ones
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
) -> Iterator[Example]:
    """The examples of `choose`, enhanced once more: excerpts of up to 4 s, all signals of a mixture under one gain."""
    rows = plan.rows.set_index("mixture_id", drop=False)
    shown = _shown(scores, systems)
    for title, mixture_id in choose(scores):
        batch = {
            part: signal[None].to(device) for part, signal in render(rows.loc[mixture_id].to_dict(), library).items()
        }
        signals = {"clean": batch["clean"], **{name: systems[name](batch) for name in shown}}
        signals = {name: signal[0].cpu()[: round(LONGEST_S * stft.sample_rate)] for name, signal in signals.items()}
        gain = PEAK / max(float(signals[part].abs().max()) for part in ("clean", MIXTURE))
        top = float(stft(signals["clean"][None]).abs().max())
        kept = scores[scores.mixture_id == mixture_id].set_index("system")
        panels = [
            Panel(name, _scored(kept, name), picture(signal, stft, top), sound(gain * signal, stft.sample_rate))
            for name, signal in signals.items()
        ]
        noise = kept.noise_type.iloc[0], "seen" if kept.noise_seen.iloc[0] else "unseen"
        yield Example(f"{title} ({noise[0]}, {noise[1]} noise)", panels)


def _shown(scores: pd.DataFrame, systems: Mapping[str, System]) -> list[str]:
    gains = improvements(scores)
    ranked = gains.sdr.drop(ORACLE, errors="ignore").sort_values(ascending=False).index[:MOST] if "sdr" in gains else []
    return [name for name in systems if name in (MIXTURE, ORACLE) or name in set(ranked)]


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
