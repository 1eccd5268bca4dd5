"""Counts in words."""


def counted(number: int, what: str) -> str:
    """A number and its noun, which is given as of one.

    >>> counted(1, "file"), counted(2000, "copy")
    ('1 file', '2,000 copies')
    """
    if number == 1:
        return f"1 {what}"
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {plural}"
