"""The log of a test set: read however it was saved, and what it lacks is told."""

import pytest
from judged_pairs import judged, known
from pair_trees import voicebank

from datagen.pairs.log import read_log


def test_a_log_that_lacks_lines_says_for_how_many_the_snr_is_measured(tmp_path, cache):
    log = voicebank(tmp_path) / "log_testset.txt"
    log.write_text("p232_001 bus 2.5\n")
    test = judged(cache, "pairs=voicebank", f"pairs.root={tmp_path}")
    assert [row[2] for row in known(test)] == ["bus", "unknown", "unknown"]
    assert test.plan.rows.snr_db[0] == 2.5
    assert set(test.plan.rows.snr_db[1:]) <= {5.0, 10.0, 15.0, 20.0}
    assert "lacks 2 of 3 mixtures (p232_002, ...)" in test.notes[0]


LOG = "p232_001 bus 2.5\np232_002 cafe 7.5\np257_001 bus 17.5\n"


@pytest.mark.parametrize(
    "log",
    [
        LOG.replace("\n", "\r\n").encode(),
        LOG.encode("utf-8-sig"),
        LOG.encode("utf-16"),
        LOG.replace(" ", "\t").encode(),
        LOG.replace(" bus", ".wav bus").encode(),
        (LOG + "\n" + LOG).encode(),
    ],
)
def test_a_log_is_read_however_it_was_saved(tmp_path, log):
    (tmp_path / "log.txt").write_bytes(log)
    assert read_log(tmp_path / "log.txt") == {
        "p232_001": ("bus", 2.5),
        "p232_002": ("cafe", 7.5),
        "p257_001": ("bus", 17.5),
    }


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (b"p232_001 bus 2.5\np232_002 bus", "line 2, 'p232_002 bus', is not 'name noise snr_db'"),
        (b"p232_001 bus nan", "line 1, 'p232_001 bus nan', is not 'name noise snr_db'"),
        (b"p232_001 bus 2,5", "line 1, 'p232_001 bus 2,5', is not 'name noise snr_db'"),
        (b"a bus 2.5\na bus 5", "line 2, 'a bus 5', contradicts an earlier line of a"),
        (b"p232_001 caf\xe9 2.5", "is no text in UTF-8; save it as such"),
        (None, "no such file; put it there"),
    ],
)
def test_a_log_that_is_wrong_is_refused_with_a_remedy_that_works(tmp_path, cache, log, said):
    root = voicebank(tmp_path)
    (root / "log_testset.txt").unlink()
    if log is not None:
        (root / "log_testset.txt").write_bytes(log)
    typed = "pairs=voicebank", f"pairs.root={root}"
    with pytest.raises((ValueError, OSError)) as error:
        judged(cache, *typed)
    assert said in str(error.value) and "give pairs.log='' to measure" in str(error.value)
    assert len(judged(cache, *typed, "pairs.log=").plan.rows) == 3


def test_lines_of_a_log_and_mixtures_that_do_not_meet_are_told(tmp_path, cache):
    log = voicebank(tmp_path) / "log_testset.txt"
    log.write_text("p232_001 bus 2.5\np232_002 cafe 7.5\nq257_001 bus 17.5\n")
    lacks, more, _ = judged(cache, "pairs=voicebank", f"pairs.root={tmp_path}").notes
    assert "lacks 1 of 3 mixtures (p257_001, nearest is q257_001)" in lacks
    assert "has 1 lines of mixtures that are not there (q257_001)." in more
    log.write_text("")
    assert (
        "lacks 3 of 3 mixtures"
        in judged(cache, "pairs=voicebank", f"pairs.root={tmp_path}").notes[0]
    )
