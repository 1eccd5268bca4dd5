"""Examples with spectrograms and sound.

reporting.pages.example_choice chooses the mixtures.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from dsp.stft import STFT
from metrics.known import facts
from models.system import System
from reporting.pages.example_choice import choose
from reporting.pages.media import (
    Example,
    MixtureExample,
    Panel,
    size,
    wave_share,
)
from reporting.pages.views import Views
from reporting.scores_table import CLEAN, KNOWING, MIXTURE, PHASE_SENSITIVE_MASK
from reporting.scoring.bench import Bench
from reporting.scoring.mixture import Mixture
from reporting.tables.headline import headlines
from reporting.tables.improvement import ranked, score_names
from reporting.tables.losses import lost, worst_of
from reporting.tables.summary import NOISE
from reporting.tables.wording import words

ROOM = 5_500_000  # bytes of players of the greatest losses; a page stays below 15 MB
PANELS = 132  # largest number of all panels: about 7 MB at 16 kHz
MOST = 8  # largest number of systems in an example, the best ones
ALWAYS = 3  # further panels: clean, mixture and oracle
# Only the first of several ideal systems; the clean speech is in each example.
ALWAYS_SHOWN = {MIXTURE, *KNOWING} - {PHASE_SENSITIVE_MASK, CLEAN}


def examples(
    scores: pd.DataFrame,
    bench: Bench,
    systems: Mapping[str, System],
    stft: STFT,
    transcribe: Callable[[np.ndarray], str] | None = None,
) -> Iterator[Example]:
    """The examples of `choose`: excerpts of up to 4 s, all signals of a mixture with the same gain.

    transcribe: gives the transcript of a signal [time], which stands beside the scores; so do the
    texts of systems that answer with text.

    The last example is speech in several noises at once (see `Bench.crowded`), if the test has
    several. The cache of `bench` is used for enhanced signals and pictures.
    """
    chosen = choose(scores)
    panels_each = PANELS // (len(chosen) + 1)
    shown = _shown(scores, systems, panels_each - ALWAYS)
    for title, mixture_id in chosen:
        views = Views(bench, bench.mixture(mixture_id), stft)
        of_mixture = scores[scores.mixture_id == mixture_id].set_index("system")
        panels = views.references()
        for name in shown:
            heard = views.transcript(systems[name], transcribe)
            scored = ", ".join(filter(None, [_scored(of_mixture, name), heard]))
            panels += views.panels(name, scored, systems[name])
        yield _example(f"{title} ({_noise(of_mixture)})", panels, views)
    crowded = bench.crowded(chosen[0][1]) if chosen else None
    if crowded is not None:
        views = Views(bench, crowded, stft)
        panels = views.of_clean()
        panels += [Panel(name, "", *views.enhanced(systems[name])) for name in shown]
        yield _example(_crowded_title(crowded), panels, views)


def worst_examples(
    scores: pd.DataFrame,
    bench: Bench,
    systems: Mapping[str, System],
    stft: STFT,
    room: int = ROOM,
) -> Iterator[MixtureExample]:
    """Players of the mixtures with the greatest losses: clean, mixture and the worse systems.

    scores: of `bench` alone. room: bytes for the players; the greatest losses come first.
    """
    for one in lost(worst_of(scores)):
        views = Views(bench, bench.mixture(one.mixture_id), stft)
        panels = views.references()
        for name in (MIXTURE, *one.losses):
            panels += views.panels(name, one.losses.get(name, ""), systems[name])
        room -= size(panels)
        if room < 0:
            return
        said = "; ".join(f"{name}: {loss}" for name, loss in one.losses.items())
        yield MixtureExample(one.mixture_id, _example(f"{one.mixture_id}, {said}", panels, views))


def _example(title: str, panels: list[Panel], views: Views) -> Example:
    """An example with these `panels`; views: of its mixture."""
    stft = views.stft
    return Example(title, panels, views.seconds, stft.sample_rate / 2, wave_share(stft))


def _crowded_title(mixture: Mixture) -> str:
    noises = ", ".join(mixture.identity["noises"])
    snr_db = mixture.identity["snr_db"]
    return f"{snr_db:g} dB, many noises at once ({noises}), in no table"


def _noise(of_mixture: pd.DataFrame) -> str:
    """The noise of a mixture in a title. of_mixture: its scores."""
    noise_type = of_mixture.noise_type.iloc[0]
    seen = bool(of_mixture.noise_seen.iloc[0])
    return f"{noise_type}, {NOISE[seen]} {words().conditions}"


def _shown(scores: pd.DataFrame, systems: Iterable[str], room: int) -> list[str]:
    """Mixture, oracle, and as many of the best systems as there is room for, at least one."""
    count = max(1, min(MOST, room))
    best = ranked(scores)[:count]
    shown = []
    for name in systems:
        if name in ALWAYS_SHOWN or name in best:
            shown.append(name)
    return shown


def _scored(of_mixture: pd.DataFrame, name: str) -> str:
    """The computed headline scores of a system. of_mixture: scores, by system."""
    if name not in of_mixture.index:
        return ""
    scored = []
    for score in headlines(score_names(of_mixture)):
        value = of_mixture.loc[name, score]
        if pd.isna(value):
            continue
        scored.append(f"{facts(score).label} {facts(score).shown(value)}")
    return ", ".join(scored)
