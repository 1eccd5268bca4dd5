"""Pairs are matched by names; where they are not, the message has options that work."""

import shlex
from pathlib import Path

import pytest
from judged_pairs import folders, judged
from pair_trees import by_name, noise, voice, wav

from datagen.pairs.matching import Named, joining


def test_half_a_match_is_told_with_the_nearest_names_and_the_rest_is_judged(tmp_path, cache):
    root = by_name(tmp_path)
    wav(root / "mixture/a33.wav", voice(0))
    wav(root / "clean/b1.wav", voice(0))
    test = judged(cache, *folders(root))
    assert len(test.plan.rows) == 3
    assert "Left out: 1 mixtures have no clean file (a33, nearest is a" in test.notes[0]
    assert "Left out: 1 clean files have no mixture (b1" in test.notes[1]


def test_a_pattern_that_matches_by_chance_is_not_suggested():
    def files(*names):
        return [Named(name, Path(f"{name}.wav"), {}) for name in names]

    cleans = files("p232_010", "p232_011")
    assert joining(files("sp01_sn0", "sp02_sn0", "sp03_sn0"), cleans) == ""
    assert "clean>" in joining(files("sp01_p232_010", "sp01_p232_011"), cleans)


def _renamed(folder, name):
    """Files a0.wav, a1.wav, ... of a folder get other names."""

    def spoil(root):
        for path in sorted((root / folder).glob("*.wav")):
            target = root / folder / name.format(path.stem)
            target.parent.mkdir(exist_ok=True)
            path.rename(target)

    return spoil


@pytest.mark.parametrize(
    ("mixtures", "cleans"),
    [
        ("{}_noisy.wav", "{}.wav"),
        ("{}.wav", "clean_{}.wav"),
        ("noisy_{}.wav", "clean_{}.wav"),
        ("{}_noisy.wav", "{}_clean.wav"),
        ("0dB/{}.wav", "{}.wav"),
        ("0dB/{}-n.wav", "all/{}.wav"),
        ("{}+babble (5 dB).wav", "{}.wav"),
        ("0 dB, {}.wav", "{}.wav"),
    ],
)
def test_where_no_names_match_options_are_given_that_work_when_typed(
    tmp_path, cache, mixtures, cleans
):
    root = by_name(tmp_path)
    _renamed("mixture", mixtures)(root)
    _renamed("clean", cleans)(root)
    with pytest.raises(ValueError, match="no pair matches among 3") as error:
        judged(cache, *folders(root))
    typed = shlex.split(str(error.value).partition("; add ")[2].partition(", see ")[0])
    assert len(judged(cache, *folders(root), *typed).plan.rows) == 3


def test_the_options_that_are_given_are_those_by_which_most_files_match(tmp_path, cache):
    root = by_name(tmp_path, 4)
    for name, kind in enumerate(("babble_sn5", "car_sn0", "car_sn5", "car_sn15")):
        (root / f"mixture/a{name}.wav").rename(root / f"mixture/a{name}_{kind}.wav")
    with pytest.raises(ValueError, match="no pair matches among 4") as error:
        judged(cache, *folders(root))
    typed = shlex.split(str(error.value).partition("; add ")[2].partition(", see ")[0])
    assert len(judged(cache, *folders(root), *typed).plan.rows) == 4


def test_names_that_do_not_match_a_pattern_are_told(tmp_path, cache):
    test = judged(cache, *folders(by_name(tmp_path)), "pairs.pattern='(?P<clean>a[01])'")
    assert "Left out: 1 files have a name that does not match pairs.pattern (a2)." in test.notes
    mixed = ["pairs.pattern='(?P<clean>.+)m'", "pairs.clean_pattern='(?P<clean>.+)c'"]
    for name in "mc":
        wav(tmp_path / f"one/a0{name}.wav", voice(0) + (name == "m") * noise(voice(0), 5.0))
    one = [f"clean={tmp_path / 'one'}", f"mixture={tmp_path / 'one'}"]
    assert not any("Left out" in note for note in judged(cache, *one, *mixed).notes)
