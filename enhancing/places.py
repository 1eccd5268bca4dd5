"""The recordings to enhance, their output files, and the files that are finished already."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from datagen.corpora.layout import audio_files
from files.atomic import clear_unfinished, write_atomic
from options.typed import typed

PAGE = "listen.html"  # in the output folder
NOTE = ".enhanced"  # in the output folder: the settings that the files there were made with


class Job(NamedTuple):
    """A recording and its output file. name: printed name, on one line.

    part: the part of the recording that the file holds, such as a talker; "" for all of it.
    """

    name: str
    source: Path
    target: Path
    part: str = ""


def find_jobs(source: Path, output: Path | None, parts: Sequence[str] = ("",)) -> list[Job]:
    """The recordings of a file or folder, sorted; without hidden files and files of other kinds.

    Output files keep their names and folders below `output`. Without `output`, a single file
    becomes NAME.enhanced.EXT beside itself. With `parts`, each file becomes NAME.PART.EXT for every
    part. Raises FileNotFoundError if there is no recording, ValueError if a recording would be
    overwritten.
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
    """The output path of a single file without `output`; the names of parts are added later."""
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
    """The path of the page that compares `jobs`: in `output`, or beside a single enhanced file.

    Raises ValueError if `output` holds a page that enhance.py did not write.
    """
    if output is None:
        target = jobs[0].target
        return target.with_name(f"{target.name}.html")
    page = output / PAGE
    if not (output / NOTE).exists():
        _require_none([Job(PAGE, page, page)], output)
    return page


def unfinished_jobs(jobs: list[Job], output: Path, made_with: str) -> list[Job]:
    """The jobs whose files in `output` are missing, or older than their recordings.

    Files are written atomically. A note in `output` stores the settings `made_with`; if they
    differ, all jobs are unfinished. Raises ValueError if `output` holds a file but no note, OSError
    if the note cannot be written.
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
    """A name on one line; characters that cannot be printed are escaped."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in str(name)
    )
