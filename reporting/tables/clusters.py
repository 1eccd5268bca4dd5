"""The clusters of a test: its mixtures are a sample of speakers, or of speakers and noises."""

from typing import NamedTuple


class Clusters(NamedTuple):
    """columns: of scores, which number the sampled speakers or noises.

    test, intervals: how marks and intervals are computed, for readers.
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
