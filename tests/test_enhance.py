"""enhance.py: files and folders, what is there already, what fails, and what is said."""

import functools
import os
import re
import signal
import subprocess
import sys

import forked
import numpy as np
import pytest
import soundfile
from tiny_run import ROOT, config

import command.enhancing
import enhance
import parallel.progress
from audio import writing
from command.entry import start
from enhancing.places import NOTE, find_jobs

RATE = 16000
ODD = [
    "a b.wav",
    'it\'s "x".wav',
    "two\nlines.wav",
    "\N{PARTY POPPER}.wav",
    os.fsdecode(b"m\xfc.wav"),
]


def make(path, seconds=0.2, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).standard_normal(int(RATE * seconds))
    soundfile.write(os.fsencode(path), 0.1 * noise, RATE)
    return path


class Enhance:
    """enhance.py with what is typed behind it, in this process and on one core."""

    def __init__(self, monkeypatch, capsys, run):
        self.monkeypatch, self.capsys, self.run = monkeypatch, capsys, run

    def __call__(self, *typed, status=0):
        """The lines that it prints, the last one of counts."""
        typed = [str(ROOT / "enhance.py"), f"run={self.run}", "jobs=1", *typed]
        self.monkeypatch.setattr(sys, "argv", typed)
        if status == 0:
            start(enhance.main, "enhance")
        else:
            with pytest.raises(SystemExit) as caught:
                start(enhance.main, "enhance")
            assert caught.value.code == status
        said = self.capsys.readouterr()
        return (said.out + said.err).splitlines()

    def refused(self, *typed):
        """The one line that it ends in."""
        self.monkeypatch.setattr(sys, "argv", [str(ROOT / "enhance.py"), *typed])
        with pytest.raises(SystemExit) as caught:
            start(enhance.main, "enhance")
        line = str(caught.value)
        assert line.startswith("enhance.py: ") and "\n" not in line
        return line


@pytest.fixture
def enhanced(monkeypatch, capsys, whole) -> Enhance:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")  # start() sets it
    return Enhance(monkeypatch, capsys, whole)


@pytest.fixture
def folder(tmp_path):
    """Two recordings, one below a folder, and what is none."""
    make(tmp_path / "in/a.wav")
    make(tmp_path / "in/deep/b.wav", seed=1)
    make(tmp_path / "in/._x.wav")
    make(tmp_path / "in/.hidden/c.wav")
    (tmp_path / "in/notes.txt").write_text("text", encoding="utf-8")
    return tmp_path / "in"


def names(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_a_folder_keeps_its_structure_and_names(enhanced, folder, tmp_path):
    said = enhanced(f"input={folder}", f"output={tmp_path / 'out'}")
    assert names(tmp_path / "out") == [NOTE, "a.wav", "deep/b.wav"]
    assert said == [
        "nothing above 4000 Hz, the network's band, stays; band=keep keeps it",
        "2 enhanced",
    ]


def test_one_file_goes_beside_itself_or_into_a_folder(enhanced, folder, tmp_path):
    enhanced(f"input={folder / 'a.wav'}")
    enhanced(f"input={folder / 'a.wav'}", f"output={tmp_path / 'out'}")
    beside = folder / "a.enhanced.wav"
    assert beside.read_bytes() == (tmp_path / "out/a.wav").read_bytes()
    assert beside.read_bytes() != (folder / "a.wav").read_bytes()


def test_what_a_killed_run_left_beside_a_file_goes_with_the_next_one(enhanced, folder, monkeypatch):
    def killed(self, *_):
        raise SystemExit

    with monkeypatch.context() as killing:
        killing.setattr("pathlib.Path.replace", killed)
        killing.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        enhanced(f"input={folder / 'a.wav'}", status=None)
    assert len([name for name in names(folder) if name.startswith(".unfinished-")]) == 1
    enhanced(f"input={folder / 'a.wav'}")
    assert not [name for name in names(folder) if name.startswith(".unfinished-")]


def test_finished_files_are_skipped_and_changed_ones_are_not(enhanced, folder, tmp_path):
    typed = f"input={folder}", f"output={tmp_path / 'out'}"
    enhanced(*typed)
    before = (tmp_path / "out/a.wav").stat().st_mtime_ns
    assert enhanced(*typed) == ["0 enhanced, 2 finished before"]
    (tmp_path / "out/deep/b.wav").unlink()
    assert enhanced(*typed)[-1] == "1 enhanced, 1 finished before"
    assert (tmp_path / "out/a.wav").stat().st_mtime_ns == before
    later = before + 10**9
    os.utime(folder / "a.wav", ns=(later, later))
    assert enhanced(*typed)[-1] == "1 enhanced, 1 finished before"


def test_with_other_options_all_are_made_anew(enhanced, folder, tmp_path):
    typed = f"input={folder}", f"output={tmp_path / 'out'}"
    enhanced(*typed)
    assert enhanced(*typed, "attenuation_limit_db=0") == ["2 enhanced"]
    assert np.array_equal(*(soundfile.read(one / "a.wav")[0] for one in (folder, tmp_path / "out")))


def test_a_page_to_listen_to_is_written_beside_what_was_enhanced(enhanced, folder, tmp_path):
    (folder / "deep/bad.wav").write_text("no audio", encoding="utf-8")
    page = tmp_path / "out/listen.html"
    typed = f"input={folder}", f"output={tmp_path / 'out'}", "listen=true"
    said = enhanced(*typed, status=1)
    assert said[-3:-1] == [f"Page: {page}", "2 enhanced, 1 failed"]
    first = page.read_text(encoding="utf-8")
    assert first.count('class="player"') == 2 and "is no audio that libsndfile reads" in first
    assert enhanced(*typed, status=1)[-2] == "0 enhanced, 2 finished before, 1 failed"
    assert page.read_text(encoding="utf-8").count('class="player"') == 2
    enhanced(f"input={folder / 'a.wav'}", "listen=true")
    assert (folder / "a.enhanced.wav.html").exists()


def test_a_page_of_somebody_else_is_not_overwritten(enhanced, folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/listen.html").write_text("mine", encoding="utf-8")
    typed = f"run={enhanced.run}", f"input={folder}", f"output={tmp_path / 'out'}"
    assert "holds listen.html, which enhance.py did not" in enhanced.refused(*typed, "listen=true")
    assert names(tmp_path / "out") == ["listen.html"]


def test_a_page_is_of_files(enhanced):
    typed = f"run={enhanced.run}", "input=-", "output=-", "rate=8000", "listen=true"
    assert "listen=true makes a page of files" in enhanced.refused(*typed)


def test_one_that_fails_ends_no_other(enhanced, folder, tmp_path):
    (folder / "a.wav").write_text("no audio", encoding="utf-8")
    said = enhanced(f"input={folder}", f"output={tmp_path / 'out'}", "band=keep", status=1)
    assert said[0] == "1 enhanced, 1 failed"
    assert said[1:] == ["a.wav: is no audio that libsndfile reads"]
    assert names(tmp_path / "out") == [NOTE, "deep/b.wav"]


def test_files_over_processes_are_those_of_one(enhanced, folder, tmp_path):
    for jobs in (1, 2):
        said = enhanced(f"input={folder}", f"output={tmp_path / str(jobs)}", f"jobs={jobs}")
        assert said[-1] == "2 enhanced"
    for name in names(tmp_path / "1"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize("name", ODD)
def test_names_of_any_kind_are_kept_and_said_on_one_line(enhanced, tmp_path, name):
    make(tmp_path / "in" / name)
    (tmp_path / "in" / f"bad {name}").write_text("no audio", encoding="utf-8")
    said = enhanced(f"input={tmp_path / 'in'}", f"output={tmp_path / 'out'}", status=1)
    assert names(tmp_path / "out") == sorted([NOTE, name])
    assert len(said) == 3


def test_what_would_overwrite_its_input_is_refused(enhanced, folder, tmp_path):
    run = f"run={enhanced.run}"
    assert "is input" in enhanced.refused(run, f"input={folder}", f"output={folder}")
    assert "is input" in enhanced.refused(run, f"input={folder / 'a.wav'}", f"output={folder}")
    (tmp_path / "linked").symlink_to(folder)
    assert "is input" in enhanced.refused(run, f"input={folder}", f"output={tmp_path / 'linked'}")
    (tmp_path / "out").mkdir()
    os.link(folder / "a.wav", tmp_path / "out/a.wav")
    assert "is input" in enhanced.refused(run, f"input={folder}", f"output={tmp_path / 'out'}")


def test_an_output_inside_of_the_input_is_not_enhanced_again(enhanced, folder):
    typed = f"input={folder}", f"output={folder / 'out'}"
    enhanced(*typed)
    assert enhanced(*typed)[-1] == "0 enhanced, 2 finished before"


def test_what_somebody_else_put_there_is_not_overwritten(enhanced, folder, tmp_path):
    other = make(tmp_path / "out/deep/b.wav", seed=2)
    before, typed = other.read_bytes(), (f"input={folder}", f"output={tmp_path / 'out'}")
    for _ in range(2):
        line = enhanced.refused(f"run={enhanced.run}", *typed)
        assert "holds deep/b.wav, which enhance.py did not write; choose another output" in line
    assert other.read_bytes() == before and names(tmp_path / "out") == ["deep/b.wav"]


def test_places_that_do_not_do_are_said(enhanced, folder, tmp_path):
    run, note = f"run={enhanced.run}", folder / "notes.txt"
    (tmp_path / "none").mkdir()
    out = f"output={tmp_path / 'out'}"
    assert "output must be given for a folder" in enhanced.refused(run, f"input={folder}")
    assert "no such file or folder" in enhanced.refused(run, f"input={tmp_path / 'x'}", out)
    assert "no audio in it" in enhanced.refused(run, f"input={tmp_path / 'none'}", out)
    assert "is a file; give a folder" in enhanced.refused(run, f"input={folder}", f"output={note}")
    line = enhanced.refused(run, f"input={folder}", f"output={note / 'below'}")
    assert "check the path and its permissions" in line


def test_without_a_pretrained_network_a_run_is_asked_for(enhanced, folder, tmp_path, monkeypatch):
    monkeypatch.setattr("command.enhanced_by.PRETRAINED", tmp_path / "pretrained")
    assert "add run=RUN" in enhanced.refused(f"input={folder / 'a.wav'}")
    (tmp_path / "pretrained").symlink_to(enhanced.run)
    cfg = config("enhance", [f"input={folder / 'a.wav'}"], tmp_path)
    done = command.enhancing.enhance(cfg)
    assert (done.counts, done.well) == ("1 enhanced", True)


def killed_in_the_second_file():
    """Make this process end while it writes its second file."""
    write, files = writing._write, set()

    def killed(file, form, block):
        write(file, form, block)
        files.add(file.name)
        if len(files) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    writing._write = killed


def test_killed_in_the_middle_nothing_half_written_stays(enhanced, folder, tmp_path):
    out = tmp_path / "out"
    typed = [f"run={enhanced.run}", f"input={folder}", f"output={out}", "jobs=1"]
    script = forked.Script("enhance", tmp_path / "told", typed, killed_in_the_second_file)
    assert script.wait() == 128 + signal.SIGKILL
    visible = [name for name in names(out) if not name.rpartition("/")[2].startswith(".")]
    assert visible == ["a.wav"]
    assert soundfile.info(out / "a.wav").frames == soundfile.info(folder / "a.wav").frames
    assert enhanced(*typed[1:])[-1] == "1 enhanced, 1 finished before"
    assert names(out) == [NOTE, "a.wav", "deep/b.wav"]


def test_the_bar_goes_to_the_end_of_the_audio_and_no_farther(enhanced, folder, monkeypatch):
    ends = []

    class Bar(parallel.progress.tqdm):
        def close(self):
            ends.append((self.n, self.total))
            super().close()

    monkeypatch.setattr(parallel.progress, "tqdm", Bar)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    make(folder / "long.wav", seconds=9.0)
    enhanced(f"input={folder}", f"output={folder / 'out'}")
    (count, total), *_ = ends
    assert (count, total) == (pytest.approx(9.4), pytest.approx(9.4)) and count <= total


def test_a_log_says_how_many_seconds_are_enhanced(enhanced, folder, monkeypatch):
    often = functools.partial(parallel.progress.progress, every_s=0.0)
    monkeypatch.setattr(command.enhancing, "progress", often)
    make(folder / "long.wav", seconds=9.0)
    lines = enhanced(f"input={folder}", f"output={folder / 'out'}")
    line = re.compile(r"enhancing: \d of 9 seconds, about \d+ s left")
    assert any(map(line.fullmatch, lines))


@pytest.mark.slow
def test_on_a_cluster_it_becomes_what_it_becomes_here(enhanced, folder, cluster, tmp_path):
    for name, more in {"here": (), "there": (f"scheduler={cluster}",)}.items():
        said = enhanced(f"input={folder}", f"output={tmp_path / name}", *more)
        assert said[-1] == "2 enhanced"
    for below in ("a.wav", "deep/b.wav"):
        here, there = (tmp_path / name / below for name in ("here", "there"))
        assert here.read_bytes() == there.read_bytes()


def test_a_scheduler_is_for_files_on_processors(enhanced, tmp_path):
    line = enhanced.refused("input=mic", "output=speaker", "scheduler=tcp://x:1")
    assert "scheduler=tcp://x:1: enhances files on the processors of its workers" in line


def test_jobs_are_sorted_and_hidden_ones_left_out(folder, tmp_path):
    assert [job.name for job in find_jobs(folder, tmp_path / "out")] == ["a.wav", "deep/b.wav"]


def test_what_only_enhances_loads_neither_lightning_nor_pandas_nor_matplotlib():
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import enhance; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {
        "pytorch_lightning",
        "matplotlib",
        "pandas",
        "tensorboard",
        "torchaudio",
        "numba",
    }
