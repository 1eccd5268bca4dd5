"""Pictures and sounds of the systems' outputs for one mixture, kept in a cache."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from dsp.stft import STFT
from files.fingerprint import of_sources, of_values
from models.system import System
from reporting.pages.media import PEAK, Panel, picture, sound
from reporting.scores_table import MIXTURE
from reporting.scoring.bench import Bench
from reporting.scoring.mixture import Mixture
from reporting.tables.wording import called
from text.answers import LABEL, NOTES, SPEECH, TALKERS, TEXT

LONGEST_S = 4.0  # longest excerpt


class Views:
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


def _quoted(name: str, text: str | None) -> str:
    return "" if text is None else f"{name}: \u201c{text}\u201d"
