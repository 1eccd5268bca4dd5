"""Key signatures of ABC notation: which letters are raised or lowered."""

import re

SHARPS, FLATS = "FCGDAEB", "BEADGCF"  # in the order in which a signature has them
FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}  # sharps of the major keys
MODES = {"": 0, "maj": 0, "ion": 0, "lyd": 1, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3}
MODES |= {"phr": -4, "loc": -5}
RAISED = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}  # semitones of an accidental

KEY = re.compile(r"\s*([A-G])([#b]?)\s*([A-Za-z]*)")
ACCIDENTAL = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])")


def signature(field: str) -> dict[str, int]:
    """Semitones by letter ("A" to "G") of the value of a K: field; letters left alone are absent.

    Pipes ("HP") play F and C sharp; what names no key ("none", a clef) leaves all letters alone.
    """
    if field.strip()[:2].upper() == "HP":
        return {"F": 1, "C": 1}
    raised = {}
    key = KEY.match(field)
    if key:
        tonic, sign, mode = key.groups()
        mode = mode if mode == "m" else mode[:3].lower()
        count = FIFTHS[tonic] + 7 * (sign == "#") - 7 * (sign == "b") + MODES.get(mode, 0)
        raised = dict.fromkeys(SHARPS[: max(0, count)], 1)
        raised |= dict.fromkeys(FLATS[: max(0, -count)], -1)
    for accidental, letter in ACCIDENTAL.findall(field):
        raised[letter.upper()] = RAISED[accidental]
    return raised
