"""TIMIT as the LDC ships it: names in either case, SPHERE and RIFF, SA sentences."""

import numpy as np
import pytest
from corpora import (
    RATE,
    pcm,
    speech_like,
    sphere,
    timit_tree,
    write,
)

from audio import reading
from datagen.corpora.timit import TIMIT


@pytest.mark.parametrize("upper", [True, False])
def test_timit_reads_the_ldc_tree_in_either_case(tmp_path, upper):
    found = TIMIT(str(timit_tree(tmp_path, upper=upper)), ["train", "test"], sa=True).recordings()
    assert len(found) == 4 * 3 + 2 * 2  # SA1 of the test speakers serves nowhere
    first = next(r for r in found if r.id == "timit/train/dr1/fcjf0/sx37")
    assert (first.source, first.sex, first.only) == ("timit/fcjf0", "F", "")
    assert {r.sex for r in found} == {"F", "M"}
    assert len({r.source for r in found}) == 6


def test_sa_sentences_serve_in_training_alone_and_only_when_asked_for(tmp_path):
    root = str(timit_tree(tmp_path, ("SA1", "SA2", "SX37")))
    assert {r.id.split("/")[-1] for r in TIMIT(root, ["train", "test"]).recordings()} == {"sx37"}
    sa = [
        r
        for r in TIMIT(root, ["train", "test"], sa=True).recordings()
        if r.id.split("/")[-1] in ("sa1", "sa2")
    ]
    assert len(sa) == 8
    assert all(r.only == "train" and r.id.startswith("timit/train/") for r in sa)


def test_sphere_and_riff_give_the_same_samples(tmp_path):
    samples = pcm(speech_like(1.0, 3))
    (tmp_path / "a.WAV").write_bytes(sphere(samples))
    write(tmp_path / "b.WAV", samples)
    for name in ("a.WAV", "b.WAV"):
        assert reading.header(tmp_path / name) == (RATE, len(samples), 1)
        np.testing.assert_array_equal(reading.read(tmp_path / name, RATE), samples)
        np.testing.assert_array_equal(
            reading.read(tmp_path / name, RATE, 100, 50), samples[100:150]
        )


def test_a_sphere_file_beside_its_riff_copy_counts_once(tmp_path):
    root = timit_tree(tmp_path)
    alone = TIMIT(str(root), ["train"]).recordings()
    for path in list(root.rglob("*.WAV")):
        write(path.with_name(f"{path.name}.wav"), speech_like(1.2, 0))
    assert TIMIT(str(root), ["train"]).recordings() == alone


def test_timit_leaves_out_hidden_files(tmp_path):
    root = timit_tree(tmp_path)
    alone = TIMIT(str(root), ["train"]).recordings()
    (root / "TRAIN/DR1/FCJF0/._SX37.WAV").write_bytes(b"what a Mac leaves behind")
    (root / ".Trash/DR1/FCJF0").mkdir(parents=True)
    assert TIMIT(str(root), ["train"]).recordings() == alone
