"""Which recordings are enhanced, where they go, and which are there already."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from datagen.corpora.layout import audio_files
from files.atomic import clear_unfinished, write_atomic
from options.typed import typed

PAGE = "listen.html"  # in the output folder
NOTE = ".enhanced"  # in the output folder: what the files there were made with


class Job(NamedTuple):
    """A recording and the file that it becomes. name: for people, on one line.

    part: what of the recording it is, "" where that is all of it.
    """

    name: str
    source: Path
    target: Path
    part: str = ""


def find_jobs(source: Path, output: Path | None, parts: Sequence[str] = ("",)) -> list[Job]:
    """The recordings of a file or folder, sorted; hidden ones, and what is no audio, left out.

    They keep their names and folders below `output`; one file without it becomes
    NAME.enhanced.EXT beside itself. With `parts` of a name each becomes NAME.PART.EXT for every
    part. Raises FileNotFoundError where there are none, ValueError where one would be overwritten.
    """
    if output is not None and output.exists() and not output.is_dir():
        raise ValueError(f"{typed('output', output)}: is a file; give a folder")
    if source.is_dir():
        jobs = _of_folder(source, output)
    elif source.exists():
        target = _beside(source, parts) if output is None else output / source.name
        jobs = [Job(shown(source.name), source, target)]
    else:
        raise FileNotFoundError(f"{typed('input', source)}: no such file or folder")
    sources = {job.source.resolve() for job in jobs}
    jobs = [_of_part(job, part) for job in jobs for part in parts]
    for job in jobs:
        if job.target.resolve() in sources or _same(job.target, job.source):
            raise ValueError(f"output: {shown(job.target)} is input; choose another output")
    return jobs


def _beside(source: Path, parts: Sequence[str]) -> Path:
    """What a file without a place becomes, but for the part; those with one are no namesakes."""
    return source if all(parts) else source.with_name(f"{source.stem}.enhanced{source.suffix}")


def _of_part(job: Job, part: str) -> Job:
    if not part:
        return job
    target = job.target.with_name(f"{job.target.stem}.{part}{job.target.suffix}")
    name = shown(Path(job.name).with_name(shown(target.name)))
    return Job(name, job.source, target, part)


def _of_folder(source: Path, output: Path | None) -> list[Job]:
    if output is None:
        raise ValueError("output must be given for a folder: add output=DIR to the command")
    inside = output.resolve()
    found = [
        path for path in audio_files(source, tell_all=True) if inside not in path.resolve().parents
    ]
    if not found and source.resolve() == inside:
        raise ValueError(f"{typed('output', output)}: is input; choose another output")
    if not found:
        raise FileNotFoundError(f"{typed('input', source)}: no audio in it; give another folder")
    relative = [path.relative_to(source) for path in found]
    return [
        Job(shown(name), path, output / name) for name, path in zip(relative, found, strict=True)
    ]


def _same(target: Path, source: Path) -> bool:
    return target.exists() and target.samefile(source)


def page_place(jobs: list[Job], output: Path | None) -> Path:
    """Where the page to listen to `jobs` goes: into `output`, or beside the one enhanced file.

    Raises ValueError where somebody else's page stands in `output`.
    """
    if output is None:
        target = jobs[0].target
        return target.with_name(f"{target.name}.html")
    page = output / PAGE
    if not (output / NOTE).exists():
        _require_none([Job(PAGE, page, page)], output)
    return page


def unfinished_jobs(jobs: list[Job], output: Path, made_with: str) -> list[Job]:
    """Those whose files in `output` are not there, or older than their recordings.

    Files appear whole, and a note in `output` tells what they are `made_with`: where that is
    something else, all are made anew. Raises ValueError where a file stands there that was never
    noted, OSError where no note can be written.
    """
    note = output / NOTE
    if not note.exists():
        _require_none(jobs, output)
    if not note.exists() or note.read_text(encoding="utf-8") != made_with:
        write_atomic(note, made_with)
    for folder in {job.target.parent for job in jobs}:
        clear_unfinished(folder)
    begun = note.stat().st_mtime_ns
    return [job for job in jobs if not _finished(job, begun)]


def _require_none(jobs: list[Job], output: Path) -> None:
    for job in jobs:
        if job.target.exists():
            raise ValueError(
                f"{typed('output', output)}: holds {job.name}, which enhance.py did not write; "
                "choose another output"
            )


def _finished(job: Job, begun: int) -> bool:
    if not job.target.exists():
        return False
    return job.target.stat().st_mtime_ns >= max(begun, job.source.stat().st_mtime_ns)


def shown(name: str | Path) -> str:
    """A name on one line, whatever it holds."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in str(name)
    )
