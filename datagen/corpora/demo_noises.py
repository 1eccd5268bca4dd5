"""The noises of the demo, one kind per file: a tagger can learn them without any download."""

from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.layout import known
from datagen.corpora.synthetic import VERSION, MadeNoise, Make
from datagen.demo_noise import SEEN, UNSEEN
from datagen.recordings import Recording

GENERATORS = SEEN | UNSEEN
PARTS = ("train", "test")


class DemoNoises(MadeNoise):
    """`count` different noises of each of `kinds` (None: all).

    part: "train", or "test" for other noises of the same kinds. Raises ValueError for another part
    or an unknown kind.
    """

    kind = "demo_noise"
    title = "noises of the demo by their kinds"
    only = ""

    def __init__(
        self,
        root: str,
        count: int = 8,
        seconds: float = 5.0,
        kinds: Sequence[str] | None = None,
        part: str = "train",
    ):
        super().__init__(root, count, seconds)
        known(part, PARTS, f"part of {self.kind}")
        known(kinds or [], GENERATORS, f"kinds of {self.kind}")
        self.kinds, self.part = kinds or [*GENERATORS], part
        self.name = f"{self.kind}/{part}"

    def workshop(self) -> tuple[Path, Make]:
        """`root`, and the maker of the first kind; `recordings` asks for each kind."""
        return self.root, GENERATORS[self.kinds[0]]

    def recordings(self) -> list[Recording]:
        """The recordings, kind after kind."""
        recordings = []
        for kind in self.kinds:
            for number in range(self.count):
                name = f"{kind}-{VERSION}-{self.seconds:g}s-{self.part}-{number:03d}"
                path = self.root / self.kind / f"{name}.flac"
                if not path.exists():
                    self._write(path, GENERATORS[kind])
                unique = f"{self.name}/{name}"
                recordings.append(Recording(unique, str(path), unique, kind=kind))
        return recordings
