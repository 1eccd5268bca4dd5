"""What a report calls the things of a task."""

from typing import NamedTuple


class Words(NamedTuple):
    """In English, as they stand within a sentence.

    task: what the page is about. row, rows: of a test. speaker, speakers: what rows are a sample
    of. conditions: what is seen or unseen. kind: what sorts these. snr: what rows are grouped by,
    in dB. base: what all is compared with; base_name: that in a table. oracle: a sentence on it.
    changes: whether runs change `base`, which can then be made worse; else they stand for
    themselves.
    """

    task: str
    row: str = "mixture"
    rows: str = "mixtures"
    speaker: str = "speaker"
    speakers: str = "speakers"
    conditions: str = "noise"
    kind: str = "kind"
    snr: str = "SNR"
    base: str = "the mixture"
    base_name: str = "mixture"
    oracle: str = ""
    changes: bool = True

    def counted(self, count: int, what: str = "rows") -> str:
        """A number of rows, of speakers, or of noises.

        >>> Words("x").counted(1), Words("x").counted(2, "speakers")
        ('1 mixture', '2 speakers')
        """
        one, many = {
            "rows": (self.row, self.rows),
            "speakers": (self.speaker, self.speakers),
            "noises": ("noise", "noises"),
        }[what]
        return f"{count} {one if count == 1 else many}"


ENHANCEMENT = Words(
    "Enhancement",
    oracle="Ideal masks, and any other oracle, know the clean speech. They are no bound of what "
    "can be reached.",
)
