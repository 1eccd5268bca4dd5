"""Archives from outside: unpacked whole or not at all, and never outside their folder."""

import tarfile

import pytest
from loopback import (
    ARCHIVES,
    ESC50,
    LIBRISPEECH,
    fetch,
    refused,
    serving,
    tar_of,
    tree,
    wav,
    zip_of,
)

from datagen.sources.downloaded import Downloaded


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        yield server


@pytest.mark.parametrize(("corpus", "archive"), ARCHIVES)
def test_a_killed_unpacking_leaves_nothing_that_looks_whole(
    server, tmp_path, corpus, archive, monkeypatch
):
    server.content = archive

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Downloaded, "_require_whole", die)  # all is unpacked, nothing is published
        patch.setattr(
            "datagen.sources.archives.shutil.rmtree", lambda *_, **__: None
        )  # SIGKILL cleans nothing up
        fetch(server, corpus, tmp_path)
    assert (
        not (tmp_path / "noise/esc50").exists() and not (tmp_path / "speech/librispeech").exists()
    )
    asked = len(server.asked)
    fetch(server, corpus, tmp_path)
    assert len(server.asked) == asked
    assert not list(tmp_path.rglob(".unpacking-*"))


OUTSIDE = [
    "../evil.wav",
    "ESC-50-master/audio/../../../evil.wav",
    "/evil.wav",
    "ESC-50-master\\..\\evil.wav",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_zip_member_outside_its_folder_is_refused(server, tmp_path, name):
    server.content = zip_of({**ESC50, name: b"x"})
    assert repr(name) in refused(ValueError, fetch, server, "esc50", tmp_path)
    assert tree(tmp_path) == [".downloads/esc50/.lock"]


def test_a_link_in_a_zip_is_refused(server, tmp_path):
    server.content = zip_of(ESC50, links=["ESC-50-master/audio/3-3-A-0.wav"])
    assert "is a link" in refused(ValueError, fetch, server, "esc50", tmp_path)
    assert not (tmp_path / "noise/esc50").exists()


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_tar_member_outside_its_folder_is_refused(server, tmp_path, name):
    server.content = tar_of({**LIBRISPEECH, name: b"x"})
    assert repr(name) in refused(ValueError, fetch, server, "librispeech_dev_clean", tmp_path)
    assert tree(tmp_path) == [".downloads/librispeech-dev-clean/.lock"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_or_pipe_in_a_tar_is_refused(server, tmp_path, kind):
    server.content = tar_of(
        LIBRISPEECH, links=[("LibriSpeech/dev-clean/84/1/84-1-0000.flac", kind)]
    )
    assert "is a link" in refused(ValueError, fetch, server, "librispeech_dev_clean", tmp_path)
    assert not (tmp_path / "speech/librispeech").exists()


def test_a_damaged_or_incomplete_archive_is_removed_and_fetched_afresh(server, tmp_path):
    whole = zip_of(ESC50)
    middle = whole.index(b"RIFF") + 200
    damaged = whole[:middle] + b"\xff" + whole[middle + 1 :]
    short = zip_of({**ESC50, "ESC-50-master/audio/2-2-A-0.wav": wav(499)})
    missing = zip_of({name: data for name, data in ESC50.items() if "2-2-A" not in name})
    for content, reason in (
        (damaged, "damaged"),
        (short, "1 of 2"),
        (missing, "1 of 2"),
        (whole[:-30], "damaged"),
    ):
        server.content = content
        message = refused(ValueError, fetch, server, "esc50", tmp_path)
        assert reason in message and server.url in message and "afresh" in message
        assert not (tmp_path / "noise/esc50").exists()
    server.content = whole
    fetch(server, "esc50", tmp_path)
    assert len(server.asked) == 5


@pytest.mark.parametrize(("corpus", "archive"), ARCHIVES)
def test_a_disk_too_small_to_unpack_on_keeps_the_archive(
    server, tmp_path, corpus, archive, monkeypatch
):
    server.content = archive
    with monkeypatch.context() as patch:
        full = OSError("unpacking takes more")
        patch.setattr(
            "datagen.sources.archives.require_room", lambda *_: (_ for _ in ()).throw(full)
        )
        assert "unpacking takes more" in refused(OSError, fetch, server, corpus, tmp_path)
    assert not list(tmp_path.rglob(".unpacking-*"))
    fetch(server, corpus, tmp_path)
    assert len(server.asked) == 1
