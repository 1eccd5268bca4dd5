"""The scan of a corpus: what headers say, read once, and bad files by name."""

import logging
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from corpora import RATE, Listed, speech_like, steady, write

from audio import decoding, reading
from audio.resampling import resampled_length
from datagen import scan
from datagen.corpora.folder import Folder
from datagen.prepare import scan_all
from datagen.recordings import COLUMNS


@pytest.fixture
def corpus(tmp_path):
    root = tmp_path / "corpus"
    for number in range(3):
        write(root / f"{number}.wav", speech_like(1 + number, number))
    return root


def scanned(root, cache, **options):
    return scan.scan(Folder(str(root), "x").recordings(), cache, **options)


def no_audio(*_, **__):
    raise AssertionError("an audio file was opened")


def test_the_table_holds_what_the_headers_say(corpus, tmp_path):
    write(corpus / "3.flac", np.stack([speech_like(1, 4, 44100)] * 2, axis=1), 44100)
    table = scanned(corpus, tmp_path)
    assert list(table) == COLUMNS
    assert table.samples.tolist() == [16000, 32000, 48000, 44100]
    assert table.sample_rate.tolist() == [RATE, RATE, RATE, 44100]
    assert table.channels.tolist() == [1, 1, 1, 2]


def test_an_unchanged_corpus_is_not_read_twice(corpus, tmp_path, monkeypatch):
    first = scanned(corpus, tmp_path)
    monkeypatch.setattr(soundfile, "info", no_audio)
    monkeypatch.setattr(soundfile, "SoundFile", no_audio)
    second = scanned(corpus, tmp_path)
    assert second.equals(first)
    assert second.dtypes.equals(first.dtypes)


@pytest.mark.parametrize("change", ["content", "added", "removed"])
def test_a_changed_corpus_is_scanned_again(corpus, tmp_path, change):
    before = scanned(corpus, tmp_path)
    if change == "removed":
        (corpus / "1.wav").unlink()
    else:
        write(corpus / ("1.wav" if change == "content" else "4.wav"), speech_like(0.7, 9))
    after = scanned(corpus, tmp_path)
    assert not after.equals(before)
    assert after.samples.tolist() == [reading.header(path)[1] for path in after.path]


def test_headers_alone_are_read_where_the_check_is_off(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "blocks", no_audio)
    monkeypatch.setattr(decoding, "stretch", no_audio)
    table = scanned(corpus, tmp_path, check_audio=False)
    assert table.samples.tolist() == [16000, 32000, 48000] and (table.content == "").all()


def damage(root):
    """One file of every bad kind: name to reason."""
    (root / "text.wav").write_text("This is no audio.")
    (root / "nothing.wav").write_bytes(b"")
    write(root / "no_samples.wav", np.zeros(0))
    write(root / "silent.wav", np.zeros(RATE))
    write(
        root / "nan.wav",
        np.where(np.arange(RATE) == 777, np.nan, speech_like(1, 5)),
        subtype="FLOAT",
    )
    write(
        root / "infinite.wav",
        np.where(np.arange(RATE) == 7, np.inf, speech_like(1, 5)),
        subtype="FLOAT",
    )
    for name in ("half.flac", "half.wav"):
        path = write(root / name, speech_like(2, 6))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (root / "gone.wav").symlink_to(root / "nowhere.wav")
    return {
        "text.wav": "unreadable: is no audio that libsndfile reads",
        "nothing.wav": "unreadable: is empty",
        "no_samples.wav": "zero length",
        "silent.wav": "silent",
        "nan.wav": "holds NaN or infinite",
        "infinite.wav": "holds NaN or infinite",
        "half.flac": "unreadable: ",
        "half.wav": "cut short",
        "gone.wav": "no such file",
    }


@pytest.mark.parametrize("jobs", [1, 2])
def test_bad_files_are_listed_together_on_one_line(corpus, tmp_path, jobs):
    expected = damage(corpus)
    with pytest.raises(ValueError, match=f"^{len(expected)} bad audio file") as caught:
        scanned(corpus, tmp_path, jobs=jobs)
    message = str(caught.value)
    assert "\n" not in message
    assert "replace or remove these files" in message
    told = dict(
        part.split(f"{corpus}/")[1].split(" (", 1) for part in message.split(": ", 1)[1].split("; ")
    )
    assert told.keys() == expected.keys()
    assert all(reason in told[name] for name, reason in expected.items())
    assert not list(
        tmp_path.rglob("*.csv")
    )  # nothing that a later scan would take for a whole table


def test_many_bad_files_are_counted(tmp_path):
    for number in range(25):
        write(tmp_path / "all" / f"{number}.wav", np.zeros(800))
    with pytest.raises(ValueError, match=r"^25 bad .* and 5 more"):
        scanned(tmp_path / "all", tmp_path)


def test_a_wav_file_written_as_a_stream_is_whole(tmp_path):
    path = write(tmp_path / "all" / "a.wav", speech_like(1, 0))
    content = bytearray(path.read_bytes())
    content[40:44] = content[4:8] = b"\xff" * 4  # lengths unknown, as ffmpeg writes them to a pipe
    path.write_bytes(content)
    assert scanned(tmp_path / "all", tmp_path).samples.tolist() == [RATE]


def test_stereo_and_other_rates_are_taken_with_a_note(corpus, tmp_path, caplog):
    left, right = steady(1, 1, 44100), steady(1, 2, 44100)
    write(corpus / "stereo.wav", np.stack([left, right], axis=1), 44100)
    with caplog.at_level(logging.WARNING):
        table = scan_all(
            {"speech.train": {"x": Folder(str(corpus), "x")}}, RATE, tmp_path, 1, True
        )["speech.train"]
    assert "1 of 4 recordings of several channels are mixed down" in caplog.text
    assert "1 of 4 recordings of another rate are resampled to 16000 Hz" in caplog.text
    assert len(table) == 4


def test_channels_are_averaged(tmp_path):
    left = np.array([1000, -2000, 3000, 7], np.int16)
    path = write(
        tmp_path / "a.wav", np.stack([left, np.array([3000, -4000, -3000, 9], np.int16)], axis=1)
    )
    assert reading.read(path, RATE).tolist() == [2000, -3000, 0, 8]


def test_a_resampled_tone_keeps_its_level_and_length(tmp_path):
    time = np.arange(44100) / 44100
    path = write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 1000 * time), 44100)
    samples = reading.read(path, RATE) / 32768
    assert len(samples) == resampled_length(44100, 44100, RATE) == 16000
    assert np.sqrt(2 * np.mean(samples[2000:-2000] ** 2)) == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_array_equal(
        reading.read(path, RATE, 500, 99), reading.read(path, RATE)[500:599]
    )


def test_a_recording_in_two_corpora_is_refused(corpus, tmp_path):
    both = {name: Folder(str(corpus), "x") for name in ("one", "two")}
    told = r"corpus/0\.wav: is in two corpora, noise.seen.one and noise.seen.two; leave one out: ~noise.seen.two"
    with pytest.raises(ValueError, match=told):
        scan_all({"noise.seen": both}, RATE, tmp_path, 1, True)


def test_two_recordings_of_one_name_are_named_with_both_their_files(corpus, tmp_path):
    write(tmp_path / "a" / "0.wav", steady(1, 0))
    both = {"one": Folder(str(corpus), "x"), "two": Folder(str(tmp_path / "a"), "x")}
    with pytest.raises(
        ValueError,
        match=r"corpus/0\.wav and .*/a/0\.wav: .* in noise.seen.one and noise.seen.two; ",
    ):
        scan_all({"noise.seen": both}, RATE, tmp_path, 1, True)
    twice = {
        "one": Listed(
            [replace(recording, id="x") for recording in Folder(str(corpus), "x").recordings()]
        )
    }
    with pytest.raises(
        ValueError,
        match=r"corpus/0\.wav and .*/corpus/1\.wav: are one recording by their names; ren",
    ):
        scan_all({"noise.seen": twice}, RATE, tmp_path, 1, True)


def test_bad_files_of_all_roles_are_listed_in_one_error(tmp_path):
    roles = {}
    for role in ("speech.train", "noise.seen"):
        for name in "ab":
            path = tmp_path / role / name / f"{name}.wav"
            path.parent.mkdir(parents=True)
            path.write_text("no audio")
            roles.setdefault(role, {})[name] = Folder(str(path.parent), name)
    with pytest.raises(
        ValueError,
        match=r"^4 bad audio file\(s\): .*train/a/a\.wav.*train/b/b\.wav.*seen/a.*seen/b",
    ):
        scan_all(roles, RATE, tmp_path, 1, True)
