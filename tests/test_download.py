"""Corpora that are downloaded: their layout, and nothing left over where a download fails."""

import fcntl
import shutil
import sys
from types import ModuleType

import pytest
from hydra import compose, initialize_config_dir
from loopback import (
    ARCHIVES,
    CONF,
    ESC50,
    LIBRISPEECH,
    fetch,
    refused,
    serving,
    tar_of,
    tree,
    zip_of,
)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        yield server


def test_librispeech_lands_in_its_own_layout_and_nothing_is_left_over(server, tmp_path):
    server.content = tar_of(LIBRISPEECH)
    assert "2 recordings" in fetch(server, "librispeech_dev_clean", tmp_path)
    assert tree(tmp_path) == sorted(
        name.replace("LibriSpeech", "speech/librispeech") for name in LIBRISPEECH
    )
    assert not any((tmp_path / ".downloads").iterdir())
    assert [path.name for path in (tmp_path / "speech").iterdir()] == ["librispeech"]


def test_a_second_subset_joins_the_first_and_replaces_no_text(server, tmp_path):
    (tmp_path / "speech/librispeech").mkdir(parents=True)
    (tmp_path / "speech/librispeech/SPEAKERS.TXT").write_text("mine")
    server.content = tar_of(LIBRISPEECH)
    fetch(server, "librispeech_dev_clean", tmp_path)
    server.content = tar_of(
        {name.replace("dev-clean", "test-other"): data for name, data in LIBRISPEECH.items()}
    )
    fetch(server, "librispeech_test_other", tmp_path)
    found = {path.name for path in (tmp_path / "speech/librispeech").iterdir()}
    assert found == {"SPEAKERS.TXT", "LICENSE.TXT", "dev-clean", "test-other"}
    assert (tmp_path / "speech/librispeech/SPEAKERS.TXT").read_text() == "mine"


def test_esc50_lands_in_its_own_layout_and_nothing_is_left_over(server, tmp_path):
    server.content = zip_of(ESC50)
    assert "2 recordings" in fetch(server, "esc50", tmp_path)
    assert tree(tmp_path) == sorted(
        f"noise/esc50/{name}"
        for name in ("LICENSE", "meta/esc50.csv", "audio/1-1-A-0.wav", "audio/2-2-A-0.wav")
    )
    assert not any((tmp_path / ".downloads").iterdir())
    assert [path.name for path in (tmp_path / "noise").iterdir()] == ["esc50"]


@pytest.mark.parametrize(("corpus", "archive"), ARCHIVES)
def test_what_is_already_there_is_said_to_be_and_nothing_is_asked_for(
    server, tmp_path, corpus, archive
):
    server.content = archive
    fetch(server, corpus, tmp_path)
    before, asked = tree(tmp_path), len(server.asked)
    assert "already there" in fetch(server, corpus, tmp_path)
    assert tree(tmp_path) == before and len(server.asked) == asked


@pytest.mark.parametrize(("corpus", "archive"), ARCHIVES)
def test_a_part_of_a_corpus_is_neither_taken_for_whole_nor_overwritten(
    server, tmp_path, corpus, archive
):
    server.content = archive
    fetch(server, corpus, tmp_path)
    next(
        path for path in sorted(tmp_path.rglob("*-*-*")) if path.suffix in (".flac", ".wav")
    ).unlink()
    before, asked = tree(tmp_path), len(server.asked)
    message = refused(ValueError, fetch, server, corpus, tmp_path)
    assert "holds 1 of 2 recordings" in message and "move it away" in message
    assert tree(tmp_path) == before and len(server.asked) == asked


@pytest.mark.parametrize(("corpus", "archive"), ARCHIVES)
def test_a_kept_archive_unpacks_again_without_the_network(server, tmp_path, corpus, archive):
    server.content = archive
    assert ".downloads" in fetch(server, corpus, tmp_path, keep_archive=True)
    first, asked = tree(tmp_path), len(server.asked)
    shutil.rmtree(tmp_path / "speech", ignore_errors=True)
    shutil.rmtree(tmp_path / "noise", ignore_errors=True)
    fetch(server, corpus, tmp_path, keep_archive=True)
    assert tree(tmp_path) == first and len(server.asked) == asked


def test_two_downloads_of_one_corpus_do_not_meet(server, tmp_path):
    folder = tmp_path / ".downloads/esc50"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another download" in refused(OSError, fetch, server, "esc50", tmp_path)
    assert not server.asked


@pytest.mark.parametrize(
    ("corpus", "claims"),
    [
        (
            "timit",
            ("LDC93S1", "catalog.ldc.upenn.edu", "speech/timit/{TRAIN,TEST}/DR1/FCJF0/SA1.WAV"),
        ),
        ("noisex92", ("TNO", "spib.rice.edu", "noise/noisex92/babble.wav")),
    ],
)
def test_a_corpus_that_may_not_be_fetched_says_where_to_ask_and_where_to_put_it(
    server, tmp_path, corpus, claims
):
    for data_root in (tmp_path, "null"):
        message = refused(ValueError, fetch, server, corpus, data_root)
        assert all(claim in message for claim in claims)
    folder = tmp_path / claims[-1].partition("/{")[0].removesuffix("/babble.wav")
    folder.mkdir(parents=True)
    (folder / "any").touch()
    assert "already there" in fetch(server, corpus, tmp_path)
    assert not server.asked


def test_an_unknown_corpus_and_a_missing_folder_are_answered_with_what_to_give(server, tmp_path):
    for corpus in ("librispeech", "null"):
        message = refused(
            ValueError, fetch, server, "librispeech_dev_clean", tmp_path, f"corpus={corpus}"
        )
        assert (
            "esc50, librispeech_dev_clean, librispeech_test_other, librispeech_train_clean_100"
            in message
        )
    assert "data_root=DIR" in refused(ValueError, fetch, server, "esc50", "null")


class Unloadable(ModuleType):
    def __getattr__(self, name):
        raise OSError("libc10_cuda.so: cannot open shared object file\nand more lines")


@pytest.mark.parametrize("broken", [None, Unloadable("torchaudio.datasets")])
def test_without_torchaudio_librispeech_says_so_before_it_is_fetched(
    server, tmp_path, broken, monkeypatch
):
    server.content = tar_of(LIBRISPEECH)
    monkeypatch.setitem(sys.modules, "torchaudio.datasets", broken)
    message = refused(OSError, fetch, server, "librispeech_dev_clean", tmp_path)
    assert "torchaudio" in message and "pip install" in message
    assert not server.asked


def test_addresses_and_checksums_are_those_of_torchaudio():
    from torchaudio.datasets.librispeech import _CHECKSUMS

    with initialize_config_dir(str(CONF), version_base="1.3"):
        sources = compose("download").sources
    ours = {
        source.url: source.sha256
        for name, source in sources.items()
        if name.startswith("librispeech")
    }
    assert len(ours) == 3
    assert ours == {url: _CHECKSUMS[url] for url in ours}


def test_every_source_is_offered_under_its_own_name():
    with initialize_config_dir(str(CONF), version_base="1.3"):
        offered = compose("download").sources
    assert set(offered) == {path.stem for path in (CONF / "sources").glob("*.yaml")}


def test_a_checksum_given_for_esc50_is_verified(server, tmp_path):
    server.content = zip_of(ESC50)
    message = refused(
        ValueError, fetch, server, "esc50", tmp_path, f"sources.esc50.sha256={'0' * 64}"
    )
    assert "expected sha256 000" in message
