"""What a killed process left unfinished goes; what another is at work on stays."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

from files.atomic import appearing, clear_unfinished, clear_unfinished_of

ROOT = Path(__file__).parent.parent
WRITER = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from files.atomic import appearing
with appearing(sys.argv[1]) as unfinished:
    unfinished.write_text("half")
    print(flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def writing(path):
    """A process that has written half of a file, to be killed in the block or afterwards."""
    command = [sys.executable, "-c", WRITER, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        process.stdout.readline()
        yield process
        process.kill()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_process_left_is_cleared_with_the_file_that_it_was_to_become(tmp_path):
    with writing(tmp_path / "x") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with appearing(tmp_path / "y") as unfinished:
        (tmp_path / f"{unfinished.name}-old").touch()  # as one of a killed process
        unfinished.touch()
    (tmp_path / ".unfinished-symphony").touch()
    assert len(names(tmp_path)) == 4
    clear_unfinished_of(tmp_path / "x")
    assert len(names(tmp_path)) == 3
    clear_unfinished_of(tmp_path / "y")
    assert names(tmp_path) == [".unfinished-symphony", "y"]
    clear_unfinished(tmp_path)
    assert names(tmp_path) == ["y"]


def test_what_another_process_is_writing_stays(tmp_path):
    with writing(tmp_path / "x") as process:
        clear_unfinished(tmp_path)
        clear_unfinished_of(tmp_path / "x")
        assert len(names(tmp_path)) == 1
        process.communicate()
        assert process.returncode == 0
    assert names(tmp_path) == ["x"] and (tmp_path / "x").read_text(encoding="utf-8") == "half"
