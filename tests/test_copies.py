"""Equal audio under several names: what is refused, what is kept once, and by what it is known."""

import logging
import os
import shutil

import pytest
from corpora import RATE, speech_like, steady, write

from datagen import copies
from datagen.copies import conflicts, repeated, same_audio
from datagen.corpora.folder import Folder
from datagen.prepare import make_drawer, scan_all, usable
from datagen.recordings import Recording, table
from datagen.roles import ROLES

COPIES = {
    "link": lambda one, other: other.symlink_to(one),
    "hard link": lambda one, other: other.hardlink_to(one),
    "copy": shutil.copy,
}


def listed(paths, prefix="x", contents=None):
    """A table of recordings, each of a source of its own, one second long."""
    contents = contents or [""] * len(paths)
    return table(
        [
            Recording(
                f"{prefix}/{n}",
                str(path),
                f"{prefix}/{n}",
                sample_rate=RATE,
                samples=RATE,
                content=content,
            )
            for n, (path, content) in enumerate(zip(paths, contents, strict=True))
        ]
    )


def by_role(train=(), test=(), seen=(), unseen=(), contents=None):
    """Tables of all roles, of names whose first letter is their audio, or of what `contents` says."""
    contents = contents or (lambda name: name[0])
    given = zip(ROLES, (train, test, seen, unseen), strict=True)
    return {role: listed(names, role, [contents(name) for name in names]) for role, names in given}


@pytest.mark.parametrize("way", COPIES)
def test_one_file_under_another_name_is_the_same_audio(tmp_path, way):
    one = write(tmp_path / "one.wav", speech_like(0.2, 1))
    write(tmp_path / "as_large.wav", speech_like(0.2, 2))
    COPIES[way](one, tmp_path / "other.wav")
    first, second, third = same_audio(listed(sorted(tmp_path.glob("*.wav"))))[
        0
    ]  # as_large, one, other
    assert first != second == third


def test_one_path_written_in_two_ways_is_the_same_audio(tmp_path):
    write(tmp_path / "one.wav", speech_like(0.2, 1))
    (one,), (other,) = same_audio(
        listed([tmp_path / "one.wav"]), listed([tmp_path / ".." / tmp_path.name / "one.wav"])
    )
    assert one == other


def test_where_the_content_is_known_no_file_is_opened(tmp_path, monkeypatch):
    paths = [write(tmp_path / f"{n}.wav", speech_like(0.2, 1)) for n in range(3)]
    monkeypatch.setattr(copies, "Path", None)
    assert same_audio(listed(paths, contents=["a", "b", "a"]))[0].tolist() == [0, 1, 0]


def test_content_and_bytes_tell_together_where_only_some_contents_are_known(tmp_path):
    paths = [write(tmp_path / f"{n}.wav", speech_like(0.2, n // 3)) for n in range(4)]
    found = same_audio(
        listed(paths[:2], contents=["a", ""]), listed(paths[2:], contents=["a", "b"])
    )
    assert len({*found[0], found[1][0]}) == 1 and found[1][1] != found[1][0]


def test_files_alone_in_their_size_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_hash", None)
    paths = [write(tmp_path / f"{n}.wav", speech_like(0.2 + n / 10, 1)) for n in range(3)]
    paths.append(tmp_path / "hard.wav")
    paths[3].hardlink_to(paths[0])
    assert same_audio(listed(paths))[0].tolist() == [0, 1, 2, 0]


def test_missing_files_are_known_by_their_paths(tmp_path):
    gone = tmp_path / "gone.wav"
    assert same_audio(listed([gone, tmp_path / "lost.wav", gone]))[0].tolist() == [0, 1, 0]
    assert [len(labels) for labels in same_audio(listed([]), listed([gone]), listed([]))] == [
        0,
        1,
        0,
    ]


def test_a_table_without_contents_is_compared_by_files(tmp_path):
    old = listed([tmp_path / "gone.wav"]).drop(columns="content")
    (one,), (other,) = same_audio(old, listed([tmp_path / "gone.wav"], contents=["a"]))
    assert one == other


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        (
            {"train": ["a1", "a2", "b"]},
            "1 recording stands under two speakers, a1 (speaker speech.train/0) and a2",
        ),
        (
            {"train": ["a1", "b1"], "test": ["a2", "b2"]},
            "2 recordings stand under two speakers, a1 (speaker",
        ),
        (
            {"seen": ["a1"], "unseen": ["a2"]},
            "1 recording stands in seen noise and in unseen noise, a1 and a2; leave",
        ),
        (
            {"seen": ["a1"], "unseen": ["a1"]},
            "in seen noise and in unseen noise, a1; leave each out of one",
        ),
        (
            {"train": ["a"], "test": ["b1"], "seen": ["b2"]},
            "in test speech and in the noise of training, b1 and b2",
        ),
        (
            {"train": ["b1"], "seen": ["b2"]},
            "in test speech and in the noise of training, b1 and b2",
        ),
        (
            {"train": ["a1"], "test": ["b"], "unseen": ["a2"]},
            "in the speech of training and in unseen noise, a1 and a2",
        ),
    ],
)
def test_audio_that_would_serve_where_it_must_not_is_told_with_both_paths(roles, told):
    (line,) = conflicts(by_role(**roles))
    assert told in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "roles",
    [
        {"train": ["a", "b"], "test": ["c"], "seen": ["d", "d2"], "unseen": ["e", "e2"]},
        {
            "train": ["a"],
            "test": ["b"],
            "seen": ["a2"],
            "unseen": ["b2"],
        },  # training hears a, the test b
    ],
)
def test_audio_that_stays_on_its_side_is_no_conflict(roles):
    assert conflicts(by_role(**roles)) == []


def test_of_what_comes_twice_in_a_role_the_first_is_kept():
    tables = by_role(seen=["a1", "b", "a2", "a3"], unseen=["c1", "c2"])
    tables["speech.train"] = by_role(train=["d1", "d2"])["speech.train"].assign(source="one")
    found = {role: series.to_dict() for role, series in repeated(tables).items() if len(series)}
    assert found == {
        "speech.train": {1: "d1"},
        "noise.seen": {2: "a1", 3: "a1"},
        "noise.unseen": {1: "c1"},
    }


def test_seen_noise_whose_cuts_overlap_may_come_twice():
    tables = by_role(seen=["a1", "a2"], unseen=["c1", "c2"])
    found = repeated(tables, overlapping=True)
    assert len(found["noise.seen"]) == 0 and len(found["noise.unseen"]) == 1


@pytest.fixture
def own(tmp_path):
    """Folders of three speakers, two seen noises and an unseen one.

    Tables of them as a scan makes them.
    """
    for number, name in enumerate(
        ("speech/s0/u", "speech/s1/u", "speech/s2/u", "seen/a", "seen/b", "unseen/c")
    ):
        write(tmp_path / f"{name}.wav", (speech_like if "speech" in name else steady)(1.2, number))

    def tables():
        given = {
            "speech.train": ("speech", "top"),
            "noise.seen": ("seen", "file"),
            "noise.unseen": ("unseen", "file"),
        }
        corpora = {role: {} for role in ROLES}
        for role, (name, source) in given.items():
            corpora[role] = {name: Folder(str(tmp_path / name), name, source)}
        return scan_all(corpora, RATE, tmp_path / "cache", 1, check_audio=False)

    return tables


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            "speech/s0/u.wav",
            "speech/s1/v.wav",
            r"1 recording stands under two speakers, .*s0/u\.wav .*s1/v\.wav",
        ),
        (
            "seen/a.wav",
            "unseen/d.wav",
            r"in seen noise and in unseen noise, .*seen/a\.wav and .*unseen/d\.wav",
        ),
        (
            "unseen/c.wav",
            "seen/a b.wav",
            r"in seen noise and in unseen noise, .*seen/a b\.wav and .*unseen/c\.wav",
        ),
        (
            "speech/s2/u.wav",
            "seen/d.wav",
            r"in test speech and in the noise of training, .*s2/u\.wav and .*seen/d\.wav",
        ),
    ],
)
def test_a_leak_through_files_is_refused_in_a_line(own, tmp_path, protocol, way, one, other, told):
    make_drawer(own(), protocol, RATE, 0)
    COPIES[way](tmp_path / one, tmp_path / other)
    with pytest.raises(ValueError, match=told):
        make_drawer(own(), protocol, RATE, 0)


def test_a_folder_of_speech_within_itself_is_refused(own, tmp_path, protocol):
    shutil.copytree(tmp_path / "speech", tmp_path / "nested" / "speech")
    (tmp_path / "nested").rename(tmp_path / "speech" / "speech")
    with pytest.raises(
        ValueError,
        match=r"^3 recordings stand under two speakers, .*/s0/u\.wav .*/speech/s0/u\.wav",
    ):
        make_drawer(own(), protocol, RATE, 0)


def test_a_copy_is_left_out_with_a_note(own, tmp_path, protocol, caplog):
    shutil.copy(tmp_path / "speech/s0/u.wav", tmp_path / "speech/s0/v.wav")
    os.link(tmp_path / "seen/a.wav", tmp_path / "seen/z.wav")
    with caplog.at_level(logging.WARNING):
        drawer = make_drawer(own(), protocol, RATE, 0)
    assert drawer.left_out == 2
    assert sorted(drawer.speech.id) == [f"speech/s{n}/u.wav" for n in range(3)]
    assert set(drawer.noise.source) == {"seen/a", "seen/b", "unseen/c"}
    for line in (
        "1 of 4 recordings of speech.train left out",
        f"{tmp_path}/seen/z.wav is {tmp_path}/seen/a.wav",
    ):
        assert line in caplog.text


def test_speech_that_is_left_out_as_too_short_is_no_leak(own, tmp_path, protocol):
    for name in ("s0/beep", "s1/beep"):
        write(tmp_path / f"speech/{name}.wav", speech_like(0.3, 9))
    assert len(usable(own(), protocol, RATE)["speech.train"]) == 3
