"""The pool of audio in memory: what the files hold, built once, never half."""

import errno
import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from corpora import RATE, speech_like, write

from audio import reading
from datagen.file_reader import FileReader
from datagen.pool import build_pool


@pytest.fixture
def paths(tmp_path):
    """Mono, stereo, other rates, other codings."""
    stereo = np.stack([speech_like(1, 1), speech_like(1, 2)], axis=1)
    return [
        str(path)
        for path in (
            write(tmp_path / "mono.flac", speech_like(1.3, 0)),
            write(tmp_path / "stereo.wav", stereo),
            write(tmp_path / "high.wav", speech_like(1, 3, 44100), 44100),
            write(tmp_path / "low.flac", speech_like(1, 4, 8000), 8000),
            write(tmp_path / "fine.wav", speech_like(1, 5), subtype="PCM_24"),
            write(tmp_path / "float.wav", 1.5 * speech_like(1, 6), subtype="FLOAT"),
            write(tmp_path / "lossy.mp3", speech_like(1, 7), subtype=None),
            write(
                tmp_path / "lossy.ogg",
                np.stack([speech_like(1, 8, 22050)] * 2, axis=1),
                22050,
                subtype="VORBIS",
            ),
        )
    ]


@pytest.mark.parametrize("sample_rate", [8000, RATE])
def test_a_pool_reads_what_the_files_hold(paths, tmp_path, sample_rate):
    pool, files = build_pool(paths, sample_rate, tmp_path), FileReader(sample_rate)
    for path in paths:
        for start, length in ((0, 10**9), (0, 1), (1234, 999), (7990, 5000), (10**8, 10)):
            expected = reading.read(path, sample_rate)[start : start + length]
            got = pool.read(path, start, length)
            assert got.dtype == np.int16
            np.testing.assert_array_equal(got, expected)
            if start < len(expected):
                np.testing.assert_array_equal(files.read(path, start, length), expected)


def refuse(*_, **__):
    raise AssertionError("a file was decoded")


def test_a_pool_is_found_again_and_built_anew_after_a_change(paths, tmp_path, monkeypatch):
    first = build_pool(paths, RATE, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "read", refuse)
        assert build_pool(paths[::-1], RATE, tmp_path).pool == first.pool
        with pytest.raises(AssertionError, match="decoded"):
            build_pool(paths, 8000, tmp_path)
    write(tmp_path / "mono.flac", speech_like(1.3, 99))
    second = build_pool(paths, RATE, tmp_path)
    assert second.pool != first.pool
    assert not np.array_equal(first.read(paths[0], 0, 999), second.read(paths[0], 0, 999))


def test_a_pool_travels_to_workers(paths, tmp_path):
    pool = build_pool(paths, RATE, tmp_path)
    expected = pool.read(paths[1], 5, 50)
    sent = pickle.dumps(pool)
    assert len(sent) < 2000  # no samples in it
    np.testing.assert_array_equal(pickle.loads(sent).read(paths[1], 5, 50), expected)  # noqa: S301 - pickled by this test


def test_an_interrupted_pool_is_built_again(paths, tmp_path, monkeypatch):
    whole = build_pool(paths, RATE, tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr("datagen.pool.write_atomic", refuse)  # samples stand, offsets do not
        with pytest.raises(AssertionError):
            build_pool(paths, RATE, tmp_path)
    folder = next((tmp_path / "pools").iterdir())
    (folder / ".unfinished-left").write_bytes(b"by a killed process")
    again = build_pool(paths, RATE, tmp_path)
    assert (again.pool / "samples.pcm").read_bytes() == (whole.pool / "samples.pcm").read_bytes()
    assert not list(folder.glob(".unfinished*"))


def test_a_full_disk_leaves_no_pool_behind(paths, tmp_path, monkeypatch):
    class Full:
        def __init__(self, handle, mode):
            os.close(handle)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("datagen.pool.os.fdopen", Full)
        with pytest.raises(
            OSError, match=r"No space left on device; data\.cache=none needs no room"
        ):
            build_pool(paths, RATE, tmp_path)
    folder = next((tmp_path / "pools").iterdir())
    assert not {path.name for path in folder.iterdir()} - {"lock"}


def test_a_file_that_cannot_be_decoded_leaves_no_pool_behind(paths, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_text("no audio")
    with pytest.raises(ValueError, match=f"{bad}: "):
        build_pool([*paths, str(bad)], RATE, tmp_path)
    assert not list(tmp_path.rglob("samples.pcm"))


def test_processes_that_need_one_pool_at_once_build_it_once(paths, tmp_path, monkeypatch):
    decoded, read = [], reading.read
    monkeypatch.setattr(
        reading,
        "read",
        lambda path, *rest, **more: decoded.append(path) or read(path, *rest, **more),
    )
    with ThreadPoolExecutor(
        4
    ) as executor:  # locks of one file exclude threads as they do processes
        pools = list(executor.map(lambda _: build_pool(paths, RATE, tmp_path), range(4)))
    assert sorted(decoded) == sorted(paths)
    for pool in pools:
        np.testing.assert_array_equal(pool.read(paths[0], 3, 30), read(paths[0], RATE, 3, 30))


def test_a_file_that_the_pool_lacks_is_named(paths, tmp_path):
    with pytest.raises(ValueError, match=r"other\.wav: not in the pool .*; remove that folder"):
        build_pool(paths, RATE, tmp_path).read("other.wav", 0, 1)
