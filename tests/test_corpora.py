import numpy as np
import pytest
import soundfile
from corpora import (
    ESC50_CLIPS,
    RATE,
    TEST_SPEAKERS,
    TRAIN_SPEAKERS,
    UNSEEN,
    speech_like,
    write,
)
from omegaconf import OmegaConf

from audio import reading
from datagen.corpora.esc50 import esc50
from datagen.corpora.folder import folder
from datagen.corpora.librispeech import librispeech
from datagen.corpora.noisex92 import noisex92
from datagen.corpora.timit import timit

READERS = {
    "timit": lambda root: timit(root, ["train"]),
    "librispeech": lambda root: librispeech(root, ["train-clean-100"]),
    "esc50": esc50,
    "noisex92": noisex92,
    "folder": lambda root: folder(root, "x"),
}


def test_librispeech_reads_speakers_and_sexes(data_root):
    found = librispeech(str(data_root / "speech/librispeech"), ["train-clean-100", "test-other"])
    assert [r.source for r in found[::3]] == [f"librispeech/{s}" for s in sorted(TRAIN_SPEAKERS) + list(TEST_SPEAKERS)]
    assert found[0].id == "librispeech/train-clean-100/14/100/14-100-0000"
    assert [r.sex for r in found[::3]] == list("FMFMFMFM")


def test_librispeech_without_speakers_txt_knows_no_sexes(tmp_path):
    write(tmp_path / "dev-clean/84/1/84-1-0000.flac", speech_like(1, 0))
    (found,) = librispeech(str(tmp_path), "dev-clean")  # one subset needs no list
    assert (found.source, found.sex) == ("librispeech/84", "")


def test_esc50_tells_the_recording_a_clip_was_cut_from(data_root):
    found = esc50(str(data_root / "noise/esc50"))
    assert [(r.id, r.kind) for r in found] == [(f"esc50/{name[:-4]}", category) for name, category in ESC50_CLIPS]
    assert [r.source for r in found] == [f"esc50/{n}" for n in (1001, 1001, 1002, 1003, 1004)]


@pytest.mark.parametrize(
    ("options", "clips"),
    [
        ({"categories": ["dog", "snoring"]}, [3, 4]),
        ({"categories": "dog"}, [3]),
        ({"folds": [1, 5]}, [0, 1, 4]),
        ({"folds": 2}, [2]),
        ({"categories": ["clock_tick"], "folds": ["1"]}, [0, 1]),
    ],
)
def test_esc50_selects_classes_and_folds(data_root, options, clips):
    found = esc50(str(data_root / "noise/esc50"), **options)
    assert [r.id for r in found] == [f"esc50/{ESC50_CLIPS[clip][0][:-4]}" for clip in clips]


def test_the_unet_option_names_the_ten_classes_of_the_paper(request):
    classes = OmegaConf.load(request.config.rootpath / "conf/corpus/esc50_unet.yaml").categories
    assert set(classes) == {
        *("clock_tick", "footsteps", "church_bells", "hand_saw", "clock_alarm"),
        *("fireworks", "insects", "brushing_teeth", "vacuum_cleaner", "snoring"),
    }
    assert len(classes) == 10


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda root: librispeech(f"{root}/speech/librispeech", ["train-clean"]),
            "no train-clean; there are test-other",
        ),
        (lambda root: esc50(f"{root}/noise/esc50", categories=["cat"]), "no cat; there are clock_tick, dog"),
        (lambda root: esc50(f"{root}/noise/esc50", folds=[4]), "no 4; there are 1, 2, 3, 5"),
        (lambda root: noisex92(f"{root}/noise/noisex92", ["f16"]), "no f16; there are babble"),
        (lambda root: timit(f"{root}/speech/librispeech", ["dev"]), "no dev"),
        (lambda root: folder(f"{root}/noise/noisex92", "x", source="speaker"), "source='speaker' .* file, folder, top"),
        (lambda root: folder(f"{root}/noise/noisex92", "x", source=""), "source=''"),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(data_root, call, message):
    with pytest.raises(ValueError, match=message):
        call(data_root)


def test_a_selection_of_nothing_is_refused(data_root):
    with pytest.raises(FileNotFoundError, match="select no clip"):
        esc50(str(data_root / "noise/esc50"), categories=["dog"], folds=[1])


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_missing_folder_is_named_with_the_layout_expected(tmp_path, reader):
    with pytest.raises(FileNotFoundError, match=r"/nowhere: no such folder; expected .+"):
        reader(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", READERS)
def test_an_empty_folder_is_refused(tmp_path, name):
    (tmp_path / "train-clean-100").mkdir()
    with pytest.raises(FileNotFoundError, match="expected"):
        READERS[name](str(tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("filename,fold\n1-2-A-3.wav,1\n", "no column category"),
        ("filename,fold,category\nbark.wav,1,dog\n", "bark.wav is no name"),
        ("filename,fold,category\n../../1-2-A-3.wav,1,dog\n", "is no name"),
    ],
)
def test_a_damaged_esc50_table_is_refused(tmp_path, text, message):
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta/esc50.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        esc50(str(tmp_path))


def test_noisex92_gives_the_noises_in_the_order_asked_for(data_root):
    found = noisex92(str(data_root / "noise/noisex92"), ["white", "babble"])
    assert [(r.id, r.kind) for r in found] == [("noisex92/white", "white"), ("noisex92/babble", "babble")]
    assert [r.kind for r in noisex92(str(data_root / "noise/noisex92"))] == sorted(UNSEEN)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("file", "anna/day1/a"), ("folder", "anna/day1"), ("top", "anna")],
)
def test_a_folder_tells_sources_apart_by_file_folder_or_top(tmp_path, word, expected):
    write(tmp_path / "anna/day1/a.ogg", speech_like(1, 0), subtype="VORBIS")
    (found,) = folder(str(tmp_path), "mine", source=word, kind=word)
    assert (found.id, found.source, found.kind) == ("mine/anna/day1/a.ogg", f"mine/{expected}", expected)
    assert folder(str(tmp_path), "mine", kind="")[0].kind == ""


def test_a_folder_tells_the_sex_of_speakers_where_its_folders_do(tmp_path):
    for name in ("F/anna", "M/bob"):
        write(tmp_path / name / "a.wav", speech_like(1, 0))
    assert [r.sex for r in folder(str(tmp_path), "mine", "folder", kind="", sex="top")] == ["F", "M"]
    assert [r.sex for r in folder(str(tmp_path), "mine", "folder")] == ["", ""]
    with pytest.raises(ValueError, match=r"a\.wav: lies under 'F/anna', which is neither F nor M"):
        folder(str(tmp_path), "mine", sex="folder")
    with pytest.raises(ValueError, match=r"sex='F' of .*must be one of"):
        folder(str(tmp_path), "mine", sex="F")


def test_a_file_in_no_subfolder_has_no_folder_to_tell_its_speaker(tmp_path):
    write(tmp_path / "a.wav", speech_like(1, 0))
    with pytest.raises(ValueError, match="choose source=file"):
        folder(str(tmp_path), "mine", source="top")


def test_a_folder_takes_all_audio_and_nothing_else(tmp_path):
    for name in ("a.wav", "b.FLAC", "deep/er/c.aiff", "d.mp3"):
        write(tmp_path / name, speech_like(0.5, 0), subtype=None)
    for name in (".hidden.wav", ".cache/e.wav", "deep/._c.wav"):
        write(tmp_path / name, speech_like(0.5, 0))
    (tmp_path / "notes.txt").write_text("no audio")
    (tmp_path / "folder.wav").mkdir()
    assert [r.id for r in folder(str(tmp_path), "x")] == ["x/a.wav", "x/b.FLAC", "x/d.mp3", "x/deep/er/c.aiff"]


def test_linked_folders_are_entered_once(tmp_path):
    write(tmp_path / "elsewhere" / "anna" / "a.wav", speech_like(0.5, 0))
    root = tmp_path / "root"
    write(root / "b.wav", speech_like(0.5, 0))
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    (root / "more").symlink_to(tmp_path / "elsewhere" / "anna")
    (tmp_path / "elsewhere" / "anna" / "round").symlink_to(root)
    assert [r.id for r in folder(str(root), "x")] == ["x/b.wav", "x/more/a.wav"]


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "opus", "aiff"])
def test_a_cut_has_the_same_samples_wherever_it_begins(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "opus":
        soundfile.write(path, speech_like(3, 1), RATE, format="OGG", subtype="OPUS")
    else:
        write(path, speech_like(3, 1), subtype=None)
    whole = reading.read(path, RATE)
    for start in (0, 1, 5000, 16001, 40000):
        np.testing.assert_array_equal(reading.read(path, RATE, start, 1000), whole[start : start + 1000])
