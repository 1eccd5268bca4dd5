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
        test="sign-flip test over speakers, by the largest of all pairs, at most 5 %",
        intervals="Student's t over speakers, the noises of the test taken as given",
    ),
    "speakers_and_noises": Clusters(
        columns=("speaker", "noise_id"),
        test="Student's t over speakers and noises, Holm's correction for all pairs, at most 5 %",
        intervals="Student's t over speakers and noises, both a sample of all there are",
    ),
}
