"""A folder has one owner at a time, and whoever was killed owns nothing."""

import json
import multiprocessing
import os
import socket
import threading

import pytest

from files import lock, owner
from files.owner import OWNER, await_ready, joined, owned


def test_a_second_owner_is_refused_and_the_first_is_named(tmp_path):
    refused = pytest.raises(ValueError, match=f"another process works there .*{os.getpid()}")
    with owned(tmp_path / "run"), refused, owned(tmp_path / "run"):
        pass


def test_a_folder_is_free_again_and_nothing_is_left_in_it(tmp_path):
    for _ in range(2):
        with owned(tmp_path / "run"):
            (tmp_path / "run" / "kept").touch()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["kept"]


def test_a_folder_that_stays_empty_is_removed(tmp_path):
    with pytest.raises(KeyError), owned(tmp_path / "run"):
        raise KeyError
    assert not (tmp_path / "run").exists()


def test_what_a_killed_owner_left_is_taken_over(tmp_path):
    (tmp_path / OWNER).write_text(
        json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "job": "x"})
    )
    with owned(tmp_path):
        assert json.loads((tmp_path / OWNER).read_text())["job"] == ""


@pytest.mark.parametrize("content", ["", "no json", "[1]", '{"pid": "x"}'])
def test_an_owner_that_cannot_be_read_owns_nothing_where_it_holds_no_lock(tmp_path, content):
    (tmp_path / OWNER).write_text(content)
    with owned(tmp_path):
        pass


@pytest.mark.parametrize("round_", range(30))  # folders come and go in between: never an error
def test_of_many_at_once_one_at_a_time_is_inside(round_, tmp_path):
    inside, most, refused = [], [], []

    def work():
        try:
            with owned(tmp_path / "run"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
        except ValueError:
            refused.append(1)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1} and len(most) + len(refused) == 20


def test_processes_of_one_job_share_a_folder_and_those_of_another_are_refused(tmp_path):
    with owned(tmp_path, "job 1"):
        joined(tmp_path, "job 1")
        with pytest.raises(ValueError, match="another process works there"):
            joined(tmp_path, "job 2")


def test_others_of_a_job_wait_until_its_first_process_is_ready_or_has_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(owner, "PATIENCE_S", 0.2)
    with owned(tmp_path, "job") as ready:
        waiting = threading.Thread(target=await_ready, args=(tmp_path, "job"))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        ready()
        waiting.join(5)
        assert not waiting.is_alive()
    with pytest.raises(ValueError, match="the first process of this job has ended"):
        await_ready(tmp_path, "job")


def test_a_job_whose_first_process_never_comes_is_not_waited_for_for_ever(tmp_path):
    with pytest.raises(ValueError, match="did not begin within"):
        joined(tmp_path, "job", begin_s=0.2)


def test_where_the_file_system_keeps_no_locks_the_owner_is_known_by_its_number(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(owner, "take", lambda handle: False)
    monkeypatch.setattr(owner, "PATIENCE_S", 0)
    (tmp_path / "kept").touch()
    with owned(tmp_path), pytest.raises(ValueError, match=r"remove .*\.owner"), owned(tmp_path):
        pass
    ended = multiprocessing.get_context("fork").Process(target=int)
    ended.start()
    ended.join()
    for host, free in ((socket.gethostname(), True), ("elsewhere", False)):
        (tmp_path / OWNER).write_text(
            json.dumps({"pid": ended.pid, "host": host, "since": "", "job": ""})
        )
        assert owner._is_held(tmp_path, owner._owner(tmp_path)) is not free


def test_a_lock_is_waited_for_or_refused(tmp_path):
    with (
        lock.locked(tmp_path / "lock"),
        pytest.raises(BlockingIOError),
        lock.locked(tmp_path / "lock", wait=False),
    ):
        pass
    with lock.locked(tmp_path / "lock", wait=False) as held:
        assert held


def test_a_file_system_without_locks_holds_nothing(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(lock.NO_LOCKS[0], "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", no_locks)
    with lock.locked(tmp_path / "lock") as held:
        assert not held


def test_a_file_in_place_of_the_folder_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "run").touch()
    with (
        pytest.raises(FileExistsError, match="is a file; choose another folder"),
        owned(tmp_path / "run"),
    ):
        pass
