"""A downloaded corpus: fetched, verified, unpacked, and then moved into place."""

import shutil
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.sources.archives import staging
from datagen.sources.source import Source, filled
from datagen.sources.transfer import fetch_file
from files.lock import locked

PLACED = "move it away and run again, or use what is there as it is"
SERVED = "check the url"


class Downloaded(Source):
    """A corpus in an archive at `url`.

    sha256: of the archive; None: it is not verified. recordings: their number in a complete corpus.
    """

    def __init__(self, corpus: str, url: str, sha256: str | None, recordings: int):
        super().__init__(corpus)
        self.url, self.sha256, self.whole = url, sha256, recordings

    def fetch(
        self, corpus: CorpusOnDisk, data_root: Path | None, keep_archive: bool = False
    ) -> str:
        """See `Source.fetch`.

        Raises the errors of `fetch_file` and `unpack`, and ValueError if a part exists already.
        """
        if data_root is None:
            raise ValueError(
                "data_root is missing; "
                "give the folder that shall hold speech/ and noise/: data_root=DIR"
            )
        folder = self.folder(corpus.root)
        if filled(folder):
            self._require_whole(folder, corpus.root, PLACED)
            return f"{folder} is already there ({self.whole} recordings): nothing was fetched"
        self.require_tools()
        downloads = data_root / ".downloads"
        with (
            self._fetched(downloads, keep_archive) as archive,
            staging(corpus.root, _stem(archive)) as stage,
        ):
            unpacked = self.unpack(archive, stage)
            self._require_whole(archive.name, unpacked, SERVED)
            self.publish(unpacked, corpus.root)
        return f"{folder}: {self.whole} recordings" + (
            f" (archive kept in {downloads})" if keep_archive else ""
        )

    @property
    @abstractmethod
    def archive(self) -> str:
        """The archive's file name, which is unique among sources."""

    def folder(self, root: Path) -> Path:
        """The folder that is filled, of a corpus that lies in `root`."""
        return root

    def require_tools(self) -> None:
        """Raise OSError before the download if a tool for unpacking is missing."""

    @abstractmethod
    def unpack(self, archive: Path, stage: Path) -> Path:
        """Unpack into the empty folder `stage`; returns the folder in it with the corpus' layout.

        Raises ValueError for an archive that is damaged.
        """

    @abstractmethod
    def count(self, root: Path) -> int:
        """The number of complete recordings of this source in `root`.

        0 if `root` does not have the layout of the corpus.
        """

    def publish(self, unpacked: Path, root: Path) -> None:
        """Move the `unpacked` files to `root`; the file that proves completeness comes last."""
        unpacked.replace(root.resolve())

    def _require_whole(self, where: Path | str, root: Path, remedy: str) -> None:
        if (count := self.count(root)) != self.whole:
            raise ValueError(f"{where} holds {count} of {self.whole} recordings; {remedy}")

    @contextmanager
    def _fetched(self, downloads: Path, keep: bool) -> Iterator[Path]:
        """The verified archive.

        It is removed after unpacking unless `keep`, and also if it is damaged.
        """
        archive = downloads / _stem(Path(self.archive)) / self.archive
        archive.parent.mkdir(parents=True, exist_ok=True)
        with _alone(archive.parent):
            fetch_file(self.url, archive, self.sha256)
            try:
                yield archive
            except ValueError as error:
                archive.unlink()
                again = "the archive was removed, the next run fetches it afresh"
                raise ValueError(f"{error} [{self.url}]; {again}") from error
            if not keep:
                shutil.rmtree(archive.parent)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock `folder` against a second download of the same corpus.

    A killed process releases the lock.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / ".lock", wait=False))
        except BlockingIOError as error:
            raise OSError(
                f"another download is at work in {folder}; wait for it or end it"
            ) from error
        yield


def _stem(archive: Path) -> str:
    return archive.name.partition(".")[0]
