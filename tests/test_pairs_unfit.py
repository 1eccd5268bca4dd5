"""Pairs of files that do not fit are refused in a line, or left out and told."""

import numpy as np
import pytest
from judged_pairs import folders, judged
from pair_trees import RATE, by_name, voice, wav


def _shorter(root):
    wav(root / "mixture/a0.wav", voice(0, 0.9))


def _same(root):
    wav(root / "mixture/a0.wav", voice(0))


def _silent(root):
    wav(root / "clean/a0.wav", np.zeros(RATE))


def _nan(root):
    wav(root / "mixture/a0.wav", np.full(RATE, np.nan), subtype="FLOAT")


def _twice(root):
    wav(root / "clean/deeper/a0.wav", voice(0))


def _in_other_folders(root):
    for folder in ("b", "c"):
        wav(root / "clean" / folder / "a0.wav", voice(0))
    for name in ("a0", "a1", "a2"):
        (root / f"clean/{name}.wav").unlink()


def _two_forms(root):
    wav(root / "mixture/a0.flac", voice(0))


def _others(root):
    for path in (root / "clean").glob("*.wav"):
        path.rename(path.with_name(f"x{path.stem}_clean.wav"))


PATTERN = "pairs.clean_pattern='(?P<clean>.+)'"


@pytest.mark.parametrize(
    ("spoil", "typed", "said"),
    [
        (_shorter, [], "1 of 3 pairs do not fit (a0: 7200 samples, its clean file 8000); mend"),
        (_same, [], "the mixture is the clean file"),
        (_silent, [], "clean/a0.wav (silent"),
        (_nan, [], "NaN"),
        (_in_other_folders, [], "two clean files match it"),
        (None, ["mixture=${clean}"], "3 of 3 pairs do not fit (a0: the mixture is the clean file"),
        (_twice, [PATTERN], "two clean files match it"),
        (_two_forms, [], "has the name of"),
        (_others, [], "no pair matches among 3 mixtures and 3 clean files (no clean file for a0"),
        (None, ["pairs.pattern='('"], "is no regular expression"),
        (
            None,
            [r"pairs.pattern='(?=(?P<snr>a))(?P<clean>.+)'"],
            "'a', the SNR by pairs.pattern, is no",
        ),
        (None, ["pairs.pattern='a'"], "has no group (?P<clean>...)"),
        (
            None,
            ["pairs.pattern='(?P<clean>b.+)'"],
            "mixture, such as a0; give another pairs.pattern",
        ),
        (None, ["pairs.unfit=maybe"], "must be refuse or leave_out"),
        (None, ["pairs.log=list.txt", "pairs.root=/"], "list.txt: no such file"),
        (None, ["clean=nowhere"], "nowhere: no such folder; give clean=DIR"),
        (None, [f"clean={__file__}"], "is a file, and a folder is expected; give clean=DIR"),
        (None, ["pairs=dns", "pairs.root=nowhere"], "clean: no such folder; give pairs.root=DIR"),
        (None, ["mixture=null"], "add mixture=DIR"),
        (None, ["clean=null", "mixture=null"], "add clean=DIR mixture=DIR"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(tmp_path, cache, spoil, typed, said):
    root = by_name(tmp_path)
    if spoil:
        spoil(root)
    with pytest.raises((ValueError, OSError)) as error:
        judged(cache, *folders(root), *typed)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_leaving_out_is_no_remedy_where_no_pair_fits(tmp_path, cache):
    with pytest.raises(ValueError, match=r"; mend them$"):
        judged(cache, *folders(by_name(tmp_path)), "mixture=${clean}")


def test_files_that_cannot_be_used_are_left_out_with_their_pairs_and_told(tmp_path, cache):
    root = by_name(tmp_path, 4)
    _silent(root)
    wav(root / "mixture/a1.wav", np.full(RATE, np.nan), subtype="FLOAT")
    (root / "mixture/a2.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"3 bad audio.*, or add pairs.unfit=leave_out$"):
        judged(cache, *folders(root))
    test = judged(cache, *folders(root), "pairs.unfit=leave_out")
    assert test.plan.rows.mixture_id.tolist() == ["a3"]
    assert "Left out: 3 of 4 pairs that do not fit (a0: " in test.notes[0]
    assert "clean/a0.wav (silent" in test.notes[0] and "NaN" in test.notes[0]
    (root / "clean/a3.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"4 bad audio.*: replace or remove these files$"):
        judged(cache, *folders(root), "pairs.unfit=leave_out")


def test_what_does_not_fit_can_be_left_out_and_is_told(tmp_path, cache):
    root = by_name(tmp_path)
    _same(root)
    wav(root / "mixture/a1.wav", voice(1, 0.9))
    test = judged(cache, *folders(root), "pairs.unfit=leave_out")
    assert test.plan.rows.mixture_id.tolist() == ["a2"]
    assert "Left out: 2 of 3 pairs that do not fit (a1: 7200 samples" in test.notes[0]
    assert "a0: the mixture is the clean file" in test.notes[0]
    assert "SNR of 1 of 1 mixtures is measured" in test.notes[1]
