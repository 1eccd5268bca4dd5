"""Rendered mixtures: what the plan says, to the byte, after any interruption."""

import errno
import hashlib
import multiprocessing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import COUNTS, RATE, rendered

import files.atomic
from datagen.draw_plan import draw_plan
from datagen.library import Library
from datagen.render_plan import render_plan
from datagen.storage import audio_files
from datagen.storage.storage import PARTS


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("audio_format", ["flac", "wav"])
def test_what_lies_on_disk_is_what_the_plan_says(drawn, tmp_path, audio_format):
    plan, library = drawn
    table = render_plan(plan, library, tmp_path / "out", RATE, audio_format)
    on_disk = pd.read_csv(tmp_path / "out" / "rendered.csv")
    assert list(on_disk) == [
        "mixture_id",
        "split",
        "snr_db",
        "achieved_snr_db",
        "gain_db",
        "samples",
        "sha256",
    ]
    assert len(table) == len(plan.rows)
    for row, told in zip(plan.rows.itertuples(), on_disk.itertuples(), strict=True):
        mixture, clean, noise = (
            rendered(tmp_path / "out", row, part, audio_format) for part in PARTS
        )
        np.testing.assert_array_equal(mixture, clean + noise)
        achieved = 10 * np.log10(np.sum(clean**2) / np.sum(noise**2))
        assert abs(achieved - row.snr_db) < 0.01
        assert abs(achieved - told.achieved_snr_db) < 1e-5
        assert (told.mixture_id, told.split, told.samples) == (
            row.mixture_id,
            row.split,
            row.length,
        )
        assert told.sha256 == hashlib.sha256(mixture.astype("<i2").tobytes()).hexdigest()
        assert np.abs(mixture).max() < 32768 * 0.991


def test_the_clean_on_disk_is_the_recording_with_the_joint_gain(drawn, tmp_path):
    plan, library = drawn
    render_plan(plan, library, tmp_path / "out", RATE)
    speech = plan.speech.set_index("id")
    for row in plan.rows.itertuples():
        original, _ = soundfile.read(speech.path[row.speech_id])
        excerpt = original[row.speech_start : row.speech_start + row.length]
        expected = (excerpt * 32768 - speech.offset[row.speech_id]) * 10 ** (row.gain_db / 20)
        assert np.abs(rendered(tmp_path / "out", row, "clean") - expected).max() <= 0.5 + 1e-3


class Killed(BaseException):
    """Stands for a kill: nothing handles it."""


@pytest.mark.parametrize("after", [0, 1, 2, 3, 10, 25, 51, 55])
def test_an_interrupted_rendering_ends_in_the_same_bytes(drawn, tmp_path, monkeypatch, after):
    plan, library = drawn
    render_plan(plan, library, tmp_path / "whole", RATE)
    folder, left = tmp_path / "cut", [after]
    replace = Path.replace

    def cut(self, target):
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # a killed process tidies nothing away
        with pytest.raises(Killed):
            render_plan(plan, library, folder, RATE)
    assert any(path.name.startswith(".unfinished-") for path in folder.rglob("*"))
    render_plan(plan, library, folder, RATE, jobs=2)
    assert tree(folder) == tree(tmp_path / "whole")


def test_what_stands_is_not_written_again(drawn, tmp_path, monkeypatch):
    plan, library = drawn
    first = render_plan(plan, library, tmp_path, RATE)
    monkeypatch.setattr(audio_files, "encode", None)
    pd.testing.assert_frame_equal(render_plan(plan, library, tmp_path, RATE), first)


def test_a_failure_of_a_process_ends_the_others_and_leaves_nothing_unfinished(drawn, tmp_path):
    plan, library = drawn
    render_plan(plan, library, tmp_path, RATE)
    path = tmp_path / "train" / "mixture" / "train-000000.flac"
    path.write_bytes(b"")
    for other in tmp_path.glob("*/*/*"):
        if other.name != path.name:
            other.unlink()
    with pytest.raises(ValueError, match=r"train-000000\.flac: "):
        render_plan(plan, library, tmp_path, RATE, jobs=2)
    assert not multiprocessing.active_children()
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".unfinished-")]


def test_another_plan_in_the_folder_is_refused(drawn, make, tmp_path):
    plan, library = drawn
    render_plan(plan, library, tmp_path / "out", RATE)
    before = tree(tmp_path / "out")
    other = draw_plan(make(seed=5), COUNTS, tmp_path / "cache")
    with pytest.raises(ValueError, match="holds another plan"):
        render_plan(other, library, tmp_path / "out", RATE)
    assert tree(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda samples: samples[:-100], r"has \d+ samples, not the plan's"),
        (lambda samples: np.roll(samples, 5), "is damaged, or was rendered before"),
        (lambda samples: samples // 2, "is damaged, or was rendered before"),
    ],
)
@pytest.mark.parametrize("part", PARTS)
def test_a_tampered_file_is_reported_and_rendered_again_once_removed(
    drawn, tmp_path, part, damage, message
):
    plan, library = drawn
    render_plan(plan, library, tmp_path / "out", RATE)
    path = tmp_path / "out" / "train" / part / "train-000002.flac"
    samples, _ = soundfile.read(path, dtype="int16")
    soundfile.write(path, damage(samples), RATE, subtype="PCM_16")
    with pytest.raises(ValueError, match=rf"{part}/train-000002\.flac: {message}.*; remove it"):
        render_plan(plan, library, tmp_path / "out", RATE)
    for content in (b"", path.read_bytes()[:200]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"train-000002\.flac: .*; remove it and run again"):
            render_plan(plan, library, tmp_path / "out", RATE)
    path.unlink()
    render_plan(plan, library, tmp_path / "out", RATE)
    np.testing.assert_array_equal(soundfile.read(path, dtype="int16")[0], samples)


def test_a_recording_that_changed_since_the_plan_is_reported(make, tmp_path, data_root):
    drawer = make()
    plan = draw_plan(drawer, {"train": 1}, tmp_path)
    path = plan.speech.set_index("id").path[plan.rows.speech_id[0]]
    short = tmp_path / Path(path).name
    soundfile.write(short, soundfile.read(path)[0][:9000], RATE)
    library = Library(plan.speech.replace(path, str(short)), plan.noise, drawer.library.reader)
    with pytest.raises(ValueError, match=f"{short}: ends .* early; has it changed since the plan"):
        render_plan(plan, library, tmp_path / "out", RATE)


@pytest.mark.parametrize("call", ["write_bytes", "mkstemp"])
def test_a_full_disk_leaves_nothing_half_written(drawn, tmp_path, monkeypatch, call):
    plan, library = drawn
    full = OSError(errno.ENOSPC, "No space left on device")
    where = {"write_bytes": files.atomic.Path, "mkstemp": files.atomic.tempfile}[call]
    real, left = getattr(where, call), [12]

    def until_full(*arguments, **options):
        left[0] -= 1
        if left[0] < 0:
            raise full
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(where, call, until_full)
        with pytest.raises(OSError, match="No space left on device") as caught:
            render_plan(plan, library, tmp_path / "out", RATE)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "out").rglob(".unfinished*"))
    for path in (tmp_path / "out").rglob("*.flac"):
        soundfile.read(path)
    render_plan(plan, library, tmp_path / "out", RATE)
    render_plan(plan, library, tmp_path / "whole", RATE)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
