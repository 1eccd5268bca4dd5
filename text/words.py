"""The words for the things of a task in a report."""

from typing import NamedTuple

UNTITLED = "Clarion evaluation report"  # the title of a page that names no corpora


class Words(NamedTuple):
    """English words, in the form that they have within a sentence.

    task: the subject of the page. row, rows: the rows of a test. speaker, speakers: the population
    that the rows sample. conditions: the things that are seen or unseen; kind: their category. snr:
    the quantity in dB by which rows are grouped. base: the signal or system that all others are
    compared with; base_name: its name in a table. oracle: a sentence on the oracle. changes:
    whether runs change `base`, and so can make it worse; otherwise they answer by themselves.
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
        """A count in words: of rows, of speakers, or of noises.

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
