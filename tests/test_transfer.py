"""Downloads over HTTP: continued where they were cut off, whole or not there at all."""

import hashlib
import resource
import shutil
from functools import partial
from http.server import ThreadingHTTPServer

import numpy as np
import pytest
from loopback import Handler, refused, serving
from tqdm import tqdm

from datagen.sources.transfer import fetch_file

PAYLOAD = bytes(np.random.default_rng(0).integers(0, 256, 300_000, dtype=np.uint8))
SHA256 = hashlib.sha256(PAYLOAD).hexdigest()
CUT = 100_000


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        server.content = PAYLOAD
        yield server


def cut_off(server, path):
    """A download that loses its connection after CUT bytes."""
    server.cut = CUT
    message = refused(OSError, fetch_file, server.url, path, SHA256)
    server.cut = None
    assert f"{CUT} of {len(server.content)}" in message and "run the same command again" in message
    assert not path.exists()


def test_a_download_arrives_whole_and_leaves_nothing_else(server, tmp_path):
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == PAYLOAD
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_cut_off_download_asks_for_the_remaining_bytes_only(server, tmp_path):
    cut_off(server, tmp_path / "a")
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == PAYLOAD
    assert server.asked == [None, f"bytes={CUT}-"]
    assert server.sent == [CUT, len(PAYLOAD) - CUT]


def test_a_progress_bar_switched_off_changes_nothing(server, tmp_path, monkeypatch):
    monkeypatch.setattr("datagen.sources.transfer.tqdm", partial(tqdm, disable=True))
    cut_off(server, tmp_path / "a")
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == PAYLOAD


@pytest.mark.parametrize("setting", [{"ranges": False}, {"etag": ""}, {"etag": 'W/"weak"'}])
def test_where_a_server_cannot_continue_the_download_starts_afresh(server, tmp_path, setting):
    vars(server).update(setting)
    cut_off(server, tmp_path / "a")
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == PAYLOAD


@pytest.mark.parametrize("obeys_if_range", [True, False])
@pytest.mark.parametrize("changed", [PAYLOAD[::-1], PAYLOAD + b"more", PAYLOAD[: CUT // 2]])
def test_a_file_changed_on_the_server_is_never_joined_to_the_old_bytes(
    server, tmp_path, changed, obeys_if_range
):
    cut_off(server, tmp_path / "a")
    server.content, server.etag, server.obeys_if_range = changed, '"two"', obeys_if_range
    fetch_file(server.url, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == changed


def test_bytes_that_are_all_there_are_not_asked_for_again(server, tmp_path):
    cut_off(server, tmp_path / "a")
    (tmp_path / "a.part").write_bytes(PAYLOAD)  # killed between the last byte and the renaming
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == PAYLOAD and len(server.asked) == 1


def test_a_file_of_unknown_length_arrives_whole_or_not_at_all(server, tmp_path):
    server.chunked, server.cut = True, CUT
    Handler.protocol_version = "HTTP/1.1"
    try:
        assert "connection broke" in refused(OSError, fetch_file, server.url, tmp_path / "a")
        assert not (tmp_path / "a").exists()
        server.cut = None
        fetch_file(server.url, tmp_path / "a")
    finally:
        Handler.protocol_version = "HTTP/1.0"
    assert (tmp_path / "a").read_bytes() == PAYLOAD


def test_a_wrong_checksum_names_both_and_the_next_run_starts_afresh(server, tmp_path):
    server.content = PAYLOAD[::-1]
    message = refused(ValueError, fetch_file, server.url, tmp_path / "a", SHA256)
    assert SHA256 in message and hashlib.sha256(PAYLOAD[::-1]).hexdigest() in message
    server.content = PAYLOAD
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert server.asked == [None, None]
    assert (tmp_path / "a").read_bytes() == PAYLOAD


def test_a_missing_page_another_protocol_and_a_dead_network_are_named(server, tmp_path):
    missing = server.url.replace("/file", "/nothing")
    assert "404" in refused(OSError, fetch_file, missing, tmp_path / "a")
    assert "file:///a is neither" in refused(ValueError, fetch_file, "file:///a", tmp_path / "a")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as closed:
        port = closed.server_port
    message = refused(OSError, fetch_file, f"http://127.0.0.1:{port}/file", tmp_path / "a")
    assert "no connection" in message and "check the network" in message


def test_a_disk_too_small_is_refused_before_anything_is_written(server, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1000, 0, 1000))
    assert "where 0.0 MB are free" in refused(OSError, fetch_file, server.url, tmp_path / "a")
    assert not (tmp_path / "a").exists() and not (tmp_path / "a.part").exists()


def test_a_download_that_the_disk_refused_continues_once_there_is_room(server, tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (CUT, limits[1]))
    try:
        message = refused(OSError, fetch_file, server.url, tmp_path / "a", SHA256)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(tmp_path / "a.part") in message and "run again" in message
    fetch_file(server.url, tmp_path / "a", SHA256)
    assert server.asked == [None, f"bytes={CUT}-"]
    assert (tmp_path / "a").read_bytes() == PAYLOAD
