"""Text that LaTeX prints to the letter, and breaks where it must."""

import re
from unicodedata import decomposition

SPECIAL = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\ttfamily\char34}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ß": r"\ss{}",
}
ACCENTED = re.compile("[À-ÿ]")
LIGATURES = re.compile(r"(?<=[-'`,])(?=[-'`,])|(?<=[?!])(?=`)")
LONGEST = 20  # characters of a word that stands in a column without a break
PARTS = re.compile(r"[^\W_]{1,10}|[\W_]")  # of a longer one: it may break behind each
BREAK = r"\allowbreak{}"


def escaped(text: str) -> str:
    """`text` so that LaTeX prints it to the letter, with any font encoding.

    What it has no glyph for stands as [U+...].
    """
    pieces = []
    for piece in LIGATURES.split(text):
        characters = map(_character, piece)
        pieces.append("".join(characters))
    return "{}".join(pieces)


def _character(character: str) -> str:
    """ASCII and accented letters of Western Europe compile anywhere.

    The others are told by their code point.
    """
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isascii() and character.isprintable():
        return character
    if ACCENTED.match(character) and decomposition(character):
        return character
    return f"[U+{ord(character):04X}]"


def breakable(text: str) -> str:
    """`text` as `escaped`, so that it fits into a column that is narrower than its words."""
    words = []
    for word in text.split(" "):
        parts = PARTS.findall(word) if len(word) > LONGEST else [word]
        words.append(BREAK.join(escaped(part) for part in parts))
    return " ".join(words)
