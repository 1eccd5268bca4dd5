"""Tunes in ABC notation, version 2.1 (abcnotation.com), as far as a melody needs it.

Only the first voice is read, of a chord only the highest note, and no grace notes. A tune is read
as written: a repeated part stands once, with the last of its endings.
"""

import re
from fractions import Fraction

from datagen.melodies.abc_key import RAISED, signature
from datagen.melodies.tune import TICKS, Note, Tune, tidied

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
WHOLE = 4 * TICKS
IN_TIME_OF = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # notes of a tuplet; all others: 2
LENGTH = r"(?P<{0}times>\d*)(?P<{0}halves>/*)(?P<{0}over>\d*)"
NOTE = r"(?P<accidental>\^\^|\^|__|_|=)?(?P<letter>[A-Ga-gxzZ])(?P<octave>[,']*)"
ONE_NOTE = re.compile(NOTE + LENGTH.format(""))
ELEMENT = re.compile(
    r'"[^"]*"|![^!]*!|\{[^}]*\}'  # chord symbols, decorations, grace notes
    r"|\[(?P<field>[A-Za-z]):(?P<value>[^\]]*)\]"
    r"|(?P<bar>\|*:*\|+[\]:|]*|::+|\[\|)?\s*(?P<ending>\[\d|(?<=\|)\d)"
    r"|(?P<line>[:|]*\|[\]:|]*|::+)"
    r"|\[(?P<chord>[^\]|:]+)\]" + LENGTH.format("chord_") + r"|\((?P<tuplet>\d)(:\d*)*"
    r"|(?P<broken>>+|<+)|(?P<tie>-)|" + NOTE + LENGTH.format("")
)
FIELD = re.compile(r"([A-Za-z]):(?![|:])(.*)")


def read_abc(text: str, name: str) -> list[Tune]:
    """The tunes of an ABC file; their ids begin with `name`. Tunes without notes are left out."""
    tunes = []
    pieces = re.split(r"^X:", text, flags=re.MULTILINE)
    for piece in pieces[1:]:
        number, _, rest = piece.partition("\n")
        reader = _Reader()
        for line in rest.splitlines():
            reader.line(line.partition("%")[0].rstrip())
        notes = tidied(reader.finished())
        if notes:
            tunes.append(Tune(f"{name}#{number.strip()}", reader.title, notes))
    return tunes


class _Reader:
    """The state of reading a tune from its first line to its last."""

    def __init__(self):
        self.title = ""
        self.notes: list[list] = []  # pitch or None, length in whole notes
        self.unit: Fraction | None = None  # length of a note without a length
        self.meter = Fraction(1)
        self.key: dict[str, int] = {}
        self.in_bar: dict[str, int] = {}
        self.in_body = False
        self.voice, self.heard_voice = "", ""
        self.first_ending: int | None = None  # number of notes before it
        self.tied = False
        self.factor = Fraction(1)  # of the next note, by the symbols before it
        self.tuplet_left, self.tuplet = 0, Fraction(1)

    def finished(self) -> list[Note]:
        return [Note(pitch, round(length * WHOLE)) for pitch, length in self.notes]

    def line(self, line: str) -> None:
        field = FIELD.match(line)
        if field:
            self.field(*field.groups())
        elif self.in_body and self.voice == self.heard_voice:
            for element in ELEMENT.finditer(line):
                self.element(element)

    def field(self, name: str, value: str) -> None:
        if name == "T" and not self.title:
            self.title = value.strip()
        elif name == "L":
            self.unit = _fraction(value)
        elif name == "M":
            self.meter = _fraction(value) or Fraction(1)
        elif name == "K":
            self.key, self.in_bar, self.in_body = signature(value), {}, True
        elif name == "V":
            self.voice = value.split()[0] if value.split() else ""
            self.heard_voice = self.heard_voice or self.voice

    def element(self, found: re.Match) -> None:
        if found["field"]:
            self.field(found["field"], found["value"])
        elif found["ending"] or found["line"]:
            self.bar((found["bar"] or "") + (found["line"] or ""), found["ending"] or "")
        elif found["chord"]:
            self.chord(found)
        elif found["tuplet"]:
            count = int(found["tuplet"])
            self.tuplet_left = count
            self.tuplet = Fraction(IN_TIME_OF.get(count, 2), max(count, 1))
        elif found["broken"]:
            self.broken(found["broken"])
        elif found["tie"]:
            self.tied = True
        elif found["letter"]:
            self.note(self.pitch(found), _length(found))

    def bar(self, line: str, ending: str) -> None:
        self.in_bar = {}
        if ":" in line and self.first_ending is not None:
            del self.notes[self.first_ending :]
            self.first_ending = None
        if ending:
            self.first_ending = len(self.notes) if ending.endswith("1") else None

    def chord(self, found: re.Match) -> None:
        members = [*ONE_NOTE.finditer(found["chord"])]
        pitches = [pitch for pitch in map(self.pitch, members) if pitch is not None]
        if pitches:
            self.note(max(pitches), _length(members[0]) * _length(found, "chord_"))

    def broken(self, marks: str) -> None:
        short = Fraction(1, 2 ** len(marks))
        before, self.factor = (2 - short, short) if marks[0] == ">" else (short, 2 - short)
        if self.notes:
            self.notes[-1][1] *= before

    def pitch(self, found: re.Match) -> int | None:
        letter = found["letter"].upper()
        if letter not in SEMITONES:
            return None
        if found["accidental"]:
            self.in_bar[letter] = RAISED[found["accidental"]]
        raised = self.in_bar.get(letter, self.key.get(letter, 0))
        octave = found["letter"].islower() + found["octave"].count("'") - found["octave"].count(",")
        return 60 + SEMITONES[letter] + raised + 12 * octave

    def note(self, pitch: int | None, times: Fraction) -> None:
        length = times * self.factor * self._unit()
        self.factor = Fraction(1)
        if self.tuplet_left:
            self.tuplet_left -= 1
            length *= self.tuplet
        if self.tied and self.notes and self.notes[-1][0] == pitch is not None:
            self.notes[-1][1] += length
        else:
            self.notes.append([pitch, length])
        self.tied = False

    def _unit(self) -> Fraction:
        if self.unit is not None:
            return self.unit
        return Fraction(1, 16) if self.meter < Fraction(3, 4) else Fraction(1, 8)


def _length(found: re.Match, prefix: str = "") -> Fraction:
    """The length of a note in units."""
    times = int(found[f"{prefix}times"] or 1)
    halves = len(found[f"{prefix}halves"])
    over = int(found[f"{prefix}over"] or 2) * 2 ** max(halves - 1, 0) if halves else 1
    return Fraction(times, max(over, 1))


def _fraction(value: str) -> Fraction | None:
    """The first fraction of a field; None where there is none, as in "M:C"."""
    found = re.search(r"(\d+)/(\d+)", value)
    return Fraction(int(found[1]), int(found[2])) if found and int(found[2]) else None
