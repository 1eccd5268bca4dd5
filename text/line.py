"""Text on a single line, as messages and cells of tables need it."""


def in_one_line(said: object) -> str:
    """The text of `said`, such as an error, with single spaces in the place of white space.

    >>> in_one_line(ValueError("two  words,\\n  and more"))
    'two words, and more'
    """
    return " ".join(str(said).split())
