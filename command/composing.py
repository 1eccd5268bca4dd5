"""From a run of task=melody to new melodies."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from omegaconf import DictConfig

from audio.encoding import encode
from command.perplexity import perplexities
from datagen.melodies.midi_file import midi_bytes
from datagen.melodies.playing import fitted, played
from datagen.melodies.tokens import BOUNDARY, may_follow, to_notes
from datagen.melodies.tune import TICKS, Note
from datagen.synthesis import SAMPLE_RATE, levelled
from files.atomic import write_atomic
from models.melody.next_note import NextNote
from models.melody.sampling import continued
from tasks.melody import composer

PAUSE = Note(None, 2 * TICKS)  # between two tunes
LONGEST = 2000  # tokens of the longest tune; a longer one is cut
TIMBRE = np.array([1.0, 0.5, 0.35, 0.2, 0.12, 0.08, 0.05])  # amplitudes of harmonics
DECAY_S = 0.8
MIDI, SOUND = "melody.mid", "melody.wav"


def compose(cfg: DictConfig, output: Path) -> str:
    """Write melodies of `cfg.seconds` to `output`; returns a summary in lines.

    Raises FileNotFoundError or ValueError if the run is missing or has another task.
    """
    run = Path(cfg.run).expanduser()
    network = composer(run)
    rng = np.random.default_rng(cfg.seed)
    length = round(cfg.seconds * cfg.tempo / 60 * TICKS)
    tunes, notes = 0, []
    while sum(note.ticks for note in notes) < length:
        notes += [PAUSE] * bool(notes) + [*to_notes(_tune(network, rng, cfg.temperature))]
        tunes += 1
    notes = fitted(notes, length)
    write_atomic(output / MIDI, midi_bytes(notes, cfg.tempo))
    sound = played(np.random.default_rng(cfg.seed), notes, cfg.tempo, TIMBRE, DECAY_S)
    write_atomic(output / SOUND, encode(levelled(sound), SAMPLE_RATE, "wav"))
    made = f"composed: {output / MIDI} and {SOUND}, {cfg.seconds:g} s, {tunes} tunes"
    if not cfg.perplexity:
        return made
    return f"{made}\n{perplexities(run, network, output)}"


def _tune(network: NextNote, rng: np.random.Generator, temperature: float) -> Iterator[int]:
    """The tokens of one tune, from its first note on."""
    tokens = continued(network, [BOUNDARY], may_follow, rng, temperature)
    for _, token in zip(range(LONGEST), tokens, strict=False):
        if token == BOUNDARY:
            return
        yield token
