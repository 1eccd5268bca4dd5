"""The characters that a recogniser writes, as numbers."""

from collections.abc import Sequence
from itertools import pairwise

from text.spelling import spelled

BLANK = 0  # CTC's token for no character


class Alphabet:
    """The tokens of `characters`, from 1 on; token 0 is BLANK.

    Raises ValueError for a repeated character, and where there is no character but a space.
    """

    def __init__(self, characters: str):
        repeated = [letter for letter in characters if characters.count(letter) > 1]
        if repeated:
            raise ValueError(
                f"task.alphabet={characters!r}: {repeated[0]!r} stands there twice; give each once"
            )
        if not characters.strip():
            raise ValueError(f"task.alphabet={characters!r}: has no letters; give some")
        self.characters = characters
        self._tokens = {letter: number for number, letter in enumerate(characters, start=1)}

    def __len__(self) -> int:
        """The number of tokens, with BLANK."""
        return len(self.characters) + 1

    def tokens(self, text: str) -> list[int]:
        """The tokens of `text`, spelled in these characters (see `text.spelling.spelled`).

        Raises ValueError for a character outside the alphabet.
        """
        outside = self.outside(text)
        if outside:
            raise ValueError(
                f"{outside!r} of {text[:60]!r} is outside task.alphabet={self.characters!r}; "
                "add it there, or leave the recording out"
            )
        return [self._tokens[letter] for letter in spelled(text, self._tokens)]

    def outside(self, text: str) -> str:
        """The characters of `text` that are not in the alphabet, each once, in order."""
        letters = spelled(text, self._tokens)
        return "".join(dict.fromkeys(one for one in letters if one not in self._tokens))

    def text(self, tokens: Sequence[int]) -> str:
        """The text that `tokens` spell; they must not include BLANK."""
        return "".join(self.characters[token - 1] for token in tokens)


def needed(tokens: Sequence) -> int:
    """The fewest steps in which CTC (Graves et al., 2006) can write `tokens`.

    Equal neighbours need a BLANK between them, one step more.
    """
    return len(tokens) + sum(one == other for one, other in pairwise(tokens))
