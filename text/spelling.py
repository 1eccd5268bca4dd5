"""Reduces a transcript to what is spoken: case, punctuation and accents are removed."""

import unicodedata
from collections.abc import Collection

from text.line import in_one_line

APOSTROPHES = "'\u2019\u02bc\u2018"


def plain(text: str) -> str:
    """`text` in the form in which transcripts are compared.

    It is lower case, without accents and without punctuation but the apostrophe. One space stands
    between words, also in the place of a dash. Digits do not change.
    """
    return spelled(text, ())


def spelled(text: str, kept: Collection[str]) -> str:
    """`plain`, but the characters in `kept`, accents among them, do not change."""
    said = [_said(character, kept) for character in unicodedata.normalize("NFC", text).lower()]
    return in_one_line("".join(said))


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
