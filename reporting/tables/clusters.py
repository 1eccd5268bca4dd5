"""What the mixtures of a test are a sample of: speakers, or speakers and noises."""

from typing import NamedTuple


class Clusters(NamedTuple):
    """columns: of scores, whose values stand for more than themselves.

    test, intervals: how marks and intervals come about, for a reader.
    """

    columns: tuple[str, ...]
    test: str
    intervals: str


SPEAKERS = "speakers"
CLUSTERS = {  # by the option `clusters`
    SPEAKERS: Clusters(
        columns=("speaker",),
        test="sign-flip test over speakers, largest difference of all pairs, 5 %",
        intervals="Student's t over speakers, for the noises of this test",
    ),
    "speakers_and_noises": Clusters(
        columns=("speaker", "noise_id"),
        test="Student's t over speakers and noises, Holm's correction for all pairs, 5 %",
        intervals="Student's t over speakers and noises, for other speakers and noises",
    ),
}
