"""What of a transcript is said: letters without case, marks and accents that nobody hears."""

import unicodedata
from collections.abc import Collection

APOSTROPHES = "'\u2019\u02bc\u2018"


def plain(text: str) -> str:
    """`text` as transcripts are compared: lower case, no accents, no marks but the apostrophe.

    One space between words; a dash is one too. Digits stay as they are.
    """
    return spelled(text, ())


def spelled(text: str, kept: Collection[str]) -> str:
    """`plain`, but characters in `kept` stay as they are, accents among them."""
    said = [_said(character, kept) for character in unicodedata.normalize("NFC", text).lower()]
    return " ".join("".join(said).split())


def one_line(text: str) -> str:
    """`text` with single spaces for all white space, and none at its ends."""
    return " ".join(text.split())


def _said(character: str, kept: Collection[str]) -> str:
    if character in kept or character.isspace():
        return character
    if character in APOSTROPHES:
        return "'"
    kind = unicodedata.category(character)
    if kind == "Pd":
        return " "
    if kind.startswith("P"):
        return ""
    letters = unicodedata.normalize("NFKD", character.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
