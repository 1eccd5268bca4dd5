"""Examples with spectrograms and sound.

reporting.pages.example_choice chooses the mixtures.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import pad

from dsp.stft import STFT
from files.fingerprint import of_sources, of_values
from metrics.known import facts
from models.system import System
from reporting.pages.example_choice import choose
from reporting.pages.media import (
    PEAK,
    Example,
    MixtureExample,
    Panel,
    picture,
    size,
    sound,
    wave_share,
)
from reporting.scores_table import CLEAN, KNOWING, MIXTURE, PHASE_SENSITIVE_MASK
from reporting.scoring.bench import Bench
from reporting.scoring.mixture import Mixture
from reporting.tables.headline import headlines
from reporting.tables.improvement import ranked, score_names
from reporting.tables.losses import lost, worst_of
from reporting.tables.summary import NOISE
from reporting.tables.wording import called, words
from text.answers import LABEL, NOTES, SPEECH, TALKERS, TEXT

LONGEST_S = 4.0  # longest excerpt
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
        views = _Views(bench, bench.mixture(mixture_id), stft)
        of_mixture = scores[scores.mixture_id == mixture_id].set_index("system")
        panels = views.references()
        for name in shown:
            heard = views.transcript(systems[name], transcribe)
            scored = ", ".join(filter(None, [_scored(of_mixture, name), heard]))
            panels += views.panels(name, scored, systems[name])
        yield _example(f"{title} ({_noise(of_mixture)})", panels, views)
    crowded = bench.crowded(chosen[0][1]) if chosen else None
    if crowded is not None:
        views = _Views(bench, crowded, stft)
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
        views = _Views(bench, bench.mixture(one.mixture_id), stft)
        panels = views.references()
        for name in (MIXTURE, *one.losses):
            panels += views.panels(name, one.losses.get(name, ""), systems[name])
        room -= size(panels)
        if room < 0:
            return
        said = "; ".join(f"{name}: {loss}" for name, loss in one.losses.items())
        yield MixtureExample(one.mixture_id, _example(f"{one.mixture_id}, {said}", panels, views))


def _quoted(name: str, text: str | None) -> str:
    return "" if text is None else f"{name}: \u201c{text}\u201d"


def _example(title: str, panels: list[Panel], views: "_Views") -> Example:
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


class _Views:
    """Pictures and sounds of the systems' outputs for one mixture."""

    def __init__(self, bench: Bench, mixture: Mixture, stft: STFT):
        self.bench = bench
        self.mixture = mixture
        self.stft = stft
        self.samples = round(LONGEST_S * stft.sample_rate)

    @property
    def seconds(self) -> float:
        """The duration of all of them."""
        return len(self.mixture.parts["clean"][: self.samples]) / self.stft.sample_rate

    def of_clean(self) -> list[Panel]:
        """The panel of the clean speech, if there is any."""
        clean = self.mixture.parts["clean"]
        if not clean.any():
            return []
        view = self._view(self.mixture.contents[SPEECH], lambda: clean)
        return [Panel("clean", _quoted("reference", self.mixture.parts.get(TEXT)), *view)]

    def references(self) -> list[Panel]:
        """The references of the answers: the clean speech, or each talker."""
        if TALKERS not in self.mixture.references:
            return self.of_clean()
        content = self.mixture.contents[TALKERS]
        return self._talkers("clean", "", content, lambda: self.mixture.parts[TALKERS])

    def panels(self, name: str, scored: str, system: System) -> list[Panel]:
        """The panel of the output of `system`, or a panel for each talker."""
        if system.gives != TALKERS:
            return [Panel(called(name), scored, *self.enhanced(system))]
        if name == MIXTURE:
            mixture = self.mixture
            return [Panel(name, scored, *self._view("mixture", lambda: mixture.parts["mixture"]))]
        enhanced = self.bench.enhanced(system, self.mixture)
        return self._talkers(name, scored, enhanced.content, lambda: enhanced.talkers)

    def _talkers(
        self, name: str, scored: str, content: str, talkers: Callable[[], Tensor]
    ) -> list[Panel]:
        """A panel for each talker; talkers: gives [talker, time], content: identifies it."""
        panels = []
        for number in range(len(self.mixture.references[TALKERS])):
            one = partial(lambda number: talkers()[number], number)
            view = self._view(f"{content} talker {number}", one)
            panels.append(Panel(f"{name}, talker {number + 1}", scored, *view))
        return panels

    def enhanced(self, system: System) -> tuple[str, str]:
        """Picture and sound of the output of `system`."""
        if system.gives in (TEXT, LABEL, NOTES):
            return self._view("mixture", lambda: self.mixture.parts["mixture"])
        enhanced = self.bench.enhanced(system, self.mixture)
        return self._view(enhanced.content, lambda: enhanced.signal)

    def transcript(self, system: System, transcribe: Callable[[np.ndarray], str] | None) -> str:
        """The transcript of its output, or its text, in quotes; "" without a text."""
        is_asked = system.gives in (TEXT, LABEL) or (transcribe and TEXT in self.mixture.parts)
        enhanced = self.bench.enhanced(system, self.mixture)
        answer = enhanced.answer if is_asked else None
        if answer is None or enhanced.problem:
            return ""
        if system.gives == TEXT:
            return _quoted("transcript", answer)
        if system.gives == LABEL:
            return f"names {answer}"
        return _quoted("transcript", transcribe(answer))

    def _view(self, content: str, signal: Callable[[], Tensor]) -> tuple[str, str]:
        """The cached view of a signal with this `content`, or a new one."""
        cache = self.bench.memory.cache
        stft = self.stft
        key = of_values(
            self.mixture.content,
            content,
            stft.made_of,
            of_sources("reporting", "dsp"),
        )
        view = cache.shown(key)
        if view is None:
            view = self._made(signal()[: self.samples])
            cache.put_shown(key, *view)
        return view

    def _made(self, signal: Tensor) -> tuple[str, str]:
        """Picture and sound of an excerpt [time], with the common gain of the mixture.

        The output of a broken system is shown as far as possible: NaN and missing samples become
        silence.
        """
        clean = self.mixture.parts["clean"][: self.samples]
        mixture = self.mixture.parts["mixture"][: self.samples]
        loudest = max(_peak(clean), _peak(mixture))
        gain = PEAK / loudest
        top = _peak(self.stft((clean if clean.any() else mixture)[None]))
        finite = torch.nan_to_num(signal, 0.0, 0.0, 0.0)
        missing = max(0, len(clean) - len(signal))
        whole = pad(finite, (0, missing))
        return (
            picture(whole, self.stft, top, loudest),
            sound(gain * whole, self.stft.sample_rate),
        )


def _peak(values: Tensor) -> float:
    """The largest absolute value."""
    return float(values.abs().max())


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
