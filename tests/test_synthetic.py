"""Noises made to learn from.

The same bytes every time, as different as promised, and never in a test.
"""

from pathlib import Path

import numpy as np
import pytest
import tiny_run

import generate
from audio import reading
from audio.pcm import FULL_SCALE
from datagen.corpora.folder import Folder
from datagen.corpora.imitations import Imitations, Music
from datagen.corpora.melodies import Melodies
from datagen.corpora.synthetic import Crowds, RandomColours

RATE = 16000
KINDS = ["colour", "crowd", "music", "imitation", "melody"]


@pytest.fixture(scope="module")
def speech(data_root):
    return {
        "one": Folder(str(data_root / "speech/librispeech/train-clean-100"), "speech", source="top")
    }


@pytest.fixture(scope="module")
def kinds(speech):
    return {
        "colour": lambda root: RandomColours(str(root), count=6, seconds=2.0).recordings(),
        "crowd": lambda root: Crowds(
            str(root), speech, speech, count=6, seconds=2.0, talkers=3
        ).recordings(),
        "music": lambda root: Music(str(root), count=6, seconds=2.0).recordings(),
        "imitation": lambda root: Imitations(str(root), count=6, seconds=2.0).recordings(),
        "melody": lambda root: Melodies(str(root), count=6, seconds=2.0).recordings(),
    }


def samples(recording):
    return reading.read(recording.path, RATE) / FULL_SCALE


@pytest.mark.parametrize("kind", KINDS)
def test_noises_are_the_same_bytes_every_time_and_serve_in_training_alone(kinds, kind, tmp_path):
    first, again = (kinds[kind](tmp_path / name) for name in ("a", "b"))
    assert [r.id for r in first] == [r.id for r in again] and len({r.id for r in first}) == 6
    for one, other in zip(first, again, strict=True):
        assert one.only == "train" and one.kind == kind
        assert np.array_equal(samples(one), samples(other))
    assert len({samples(one).tobytes() for one in first}) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_noises_are_as_long_and_loud_as_they_should_be_and_never_clip(kinds, kind, tmp_path):
    for recording in kinds[kind](tmp_path):
        noise = samples(recording)
        assert noise.shape == (2 * RATE,)
        assert 10 * np.log10(np.mean(noise**2)) <= -25.9 and np.abs(noise).max() <= 0.9
        assert 10 * np.log10(np.mean(noise**2)) > -40


def test_colours_differ_in_their_spectra(tmp_path):
    """No two of them have the same balance of low and high."""
    tilts = []
    for recording in RandomColours(str(tmp_path), count=12, seconds=2.0).recordings():
        power = np.abs(np.fft.rfft(samples(recording))) ** 2
        tilts.append(
            10 * np.log10(power[1000:4000].sum() / power[8000:].sum())
        )  # 0.5 to 2 kHz over 4 to 8 kHz
    assert max(tilts) - min(tilts) > 15 and np.diff(sorted(tilts)).min() > 0


def test_what_stands_is_not_made_again(kinds, tmp_path):
    first = kinds["colour"](tmp_path)
    before = [Path(r.path).stat().st_mtime_ns for r in first]
    assert [Path(r.path).stat().st_mtime_ns for r in kinds["colour"](tmp_path)] == before


def test_crowds_need_test_speech_of_its_own_and_two_talkers(speech, tmp_path):
    with pytest.raises(ValueError, match="would hold test speakers: name test speech"):
        Crowds(str(tmp_path), speech, {})
    with pytest.raises(ValueError, match="talkers=1 of crowd: at least 2"):
        Crowds(str(tmp_path), speech, speech, talkers=1)


@pytest.mark.parametrize("options", [{"count": 0}, {"seconds": 0.5}, {"seconds": 1e6}])
def test_no_noises_or_odd_lengths_are_refused(options, tmp_path):
    with pytest.raises(ValueError, match="at least one noise of 1 to 3600 s"):
        RandomColours(str(tmp_path), **options)


def test_the_augmented_experiment_has_the_test_of_the_plain_one(
    data_root, isolated_cache, tmp_path
):
    few = ["plan.train=4", "plan.validation=2", "plan.test=8", "plan.shortest_s=0.5", "jobs=1"]
    corpora = "noise.seen.random_colours.count=2", "noise.seen.crowds.count=2"
    for name, more in (("librispeech", ()), ("librispeech_augmented", corpora)):
        typed = [
            f"experiment={name}",
            f"data_root={data_root}",
            f"output={tmp_path / name}",
            *few,
            *more,
        ]
        generate.main(tiny_run.config("generate", typed, tmp_path / name))
    plain, augmented = (
        (tmp_path / name / "plan.csv").read_text().splitlines()
        for name in ("librispeech", "librispeech_augmented")
    )
    for split in ("test", "validation"):
        assert [row for row in plain if row.startswith(split)] == [
            row for row in augmented if row.startswith(split)
        ]
