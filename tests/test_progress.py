"""What a log says of the time that is left."""

import re

import pytest

from parallel.progress import in_words, progress


def test_a_log_is_told_how_much_is_left_and_never_of_the_end(capsys):
    with progress("rendering", 4, "mixture", every_s=0.0) as done:
        for _ in range(4):
            done(1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert re.fullmatch(r"rendering: 2 of 4 mixtures, about \d+ s left", lines[1])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (720, "12 min"), (12600, "3.5 h"), (4.2 * 86400, "4.2 days")],
)
def test_times_are_said_in_fitting_units(seconds, words):
    assert in_words(seconds) == words
