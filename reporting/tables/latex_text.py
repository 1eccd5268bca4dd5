"""Escapes text for LaTeX, and allows line breaks inside long words."""

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
LONGEST = 20  # longest word in a column without a break
PARTS = re.compile(r"[^\W_]{1,10}|[\W_]")  # a longer word may break after each part
BREAK = r"\allowbreak{}"


def escaped(text: str) -> str:
    """`text` so that LaTeX prints it unchanged, with any font encoding.

    Characters without a glyph become [U+...].
    """
    pieces = []
    for piece in LIGATURES.split(text):
        characters = map(_character, piece)
        pieces.append("".join(characters))
    return "{}".join(pieces)


def _character(character: str) -> str:
    """ASCII and accented letters of Western Europe compile anywhere.

    Other characters become their code point.
    """
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isascii() and character.isprintable():
        return character
    if ACCENTED.match(character) and decomposition(character):
        return character
    return f"[U+{ord(character):04X}]"


def breakable(text: str) -> str:
    """`text` as `escaped`, with breaks for a column that is narrower than its words."""
    words = []
    for word in text.split(" "):
        parts = PARTS.findall(word) if len(word) > LONGEST else [word]
        words.append(BREAK.join(escaped(part) for part in parts))
    return " ".join(words)
