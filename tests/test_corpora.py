"""Every corpus: the speakers, sources, kinds and licences that it reads from its files."""

import re

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
from datagen.corpora.demo import Demo
from datagen.corpora.esc50 import ESC50
from datagen.corpora.folder import Folder
from datagen.corpora.librispeech import LibriSpeech
from datagen.corpora.noisex92 import NOISEX92
from datagen.corpora.timit import TIMIT

CORPORA = {
    "timit": lambda root: TIMIT(root, ["train"]),
    "librispeech": lambda root: LibriSpeech(root, ["train-clean-100"]),
    "esc50": ESC50,
    "noisex92": NOISEX92,
    "folder": lambda root: Folder(root, "x"),
}


def test_ids_and_sources_begin_with_the_name_of_their_corpus(data_root):
    noise = data_root / "noise"
    for corpus in (
        LibriSpeech(str(data_root / "speech/librispeech")),
        ESC50(str(noise / "esc50")),
        NOISEX92(str(noise / "noisex92")),
        Folder(str(noise / "nonspeech115"), "own"),
    ):
        for recording in corpus.recordings():
            assert recording.id.startswith(f"{corpus.name}/")
            assert recording.source.startswith(f"{corpus.name}/")


def test_the_licence_of_esc50_is_that_of_its_clips_where_these_are_chosen_by_theirs():
    assert ESC50("x").licence == "CC BY-NC 3.0"
    assert ESC50("x", licences=["CC0", "CC-BY"]).licence == "CC0, CC-BY"
    assert ESC50("x", licences="CC0").licence == "CC0"


def test_librispeech_reads_speakers_and_sexes(data_root):
    found = LibriSpeech(
        str(data_root / "speech/librispeech"), ["train-clean-100", "test-other"]
    ).recordings()
    assert [r.source for r in found[::3]] == [
        f"librispeech/{s}" for s in sorted(TRAIN_SPEAKERS) + list(TEST_SPEAKERS)
    ]
    assert found[0].id == "librispeech/train-clean-100/14/100/14-100-0000"
    assert [r.sex for r in found[::3]] == list("FMFMFMFM")


def test_librispeech_without_speakers_txt_knows_no_sexes(tmp_path):
    write(tmp_path / "dev-clean/84/1/84-1-0000.flac", speech_like(1, 0))
    (found,) = LibriSpeech(str(tmp_path), "dev-clean").recordings()  # one subset needs no list
    assert (found.source, found.sex) == ("librispeech/84", "")


def test_esc50_tells_the_recording_a_clip_was_cut_from(data_root):
    found = ESC50(str(data_root / "noise/esc50")).recordings()
    assert [(r.id, r.kind) for r in found] == [
        (f"esc50/{name[:-4]}", category) for name, category in ESC50_CLIPS
    ]
    assert [r.source for r in found] == [f"esc50/{n}" for n in (1001, 1001, 1002, 1003, 1004)]


@pytest.mark.parametrize(
    ("options", "clips"),
    [
        ({"categories": ["dog", "snoring"]}, [3, 4]),
        ({"categories": "dog"}, [3]),
        ({"folds": [1, 5]}, [0, 1, 4]),
        ({"folds": 2}, [2]),
        ({"categories": ["clock_tick"], "folds": ["1"]}, [0, 1]),
        ({"without_folds": [1, 2]}, [3, 4]),
    ],
)
def test_esc50_selects_classes_and_folds(data_root, options, clips):
    found = ESC50(str(data_root / "noise/esc50"), **options).recordings()
    assert [r.id for r in found] == [f"esc50/{ESC50_CLIPS[clip][0][:-4]}" for clip in clips]


def test_the_unet_option_names_the_ten_classes_of_the_paper(request):
    classes = OmegaConf.load(request.config.rootpath / "conf/corpus/esc50_unet.yaml").categories
    assert set(classes) == {
        *("clock_tick", "footsteps", "church_bells", "hand_saw", "clock_alarm"),
        *("fireworks", "insects", "brushing_teeth", "vacuum_cleaner", "snoring"),
    }
    assert len(classes) == 10


@pytest.mark.parametrize(
    ("corpus", "root", "options", "message"),
    [
        (
            LibriSpeech,
            "speech/librispeech",
            {"subsets": ["train-clean"]},
            "no train-clean; there are test-other",
        ),
        (ESC50, "noise/esc50", {"categories": ["cat"]}, "no cat; there are clock_tick, dog"),
        (ESC50, "noise/esc50", {"folds": [4]}, "no 4; there are 1, 2, 3, 5"),
        (NOISEX92, "noise/noisex92", {"names": ["f16"]}, "no f16; there are babble"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_those_there_are(
    data_root, corpus, root, options, message
):
    with pytest.raises(ValueError, match=message):
        corpus(str(data_root / root), **options).recordings()


@pytest.mark.parametrize(
    ("corpus", "options", "message"),
    [
        (TIMIT, {"subsets": ["dev"]}, "no dev; there are TEST, TRAIN, test, train"),
        (Folder, {"name": "x", "source": "speaker"}, "source='speaker' .* file, folder, top"),
        (Folder, {"name": "x", "source": ""}, "source=''"),
        (Demo, {"part": "noise/demo/loud"}, "no noise/demo/loud; there are noise/demo/seen, "),
    ],
)
def test_an_unknown_word_is_refused_before_any_disk_is_read(corpus, options, message):
    with pytest.raises(ValueError, match=message):
        corpus("nowhere", **options)


def test_a_selection_of_nothing_is_refused(data_root):
    with pytest.raises(FileNotFoundError, match="select no clip"):
        ESC50(str(data_root / "noise/esc50"), categories=["dog"], folds=[1]).recordings()


@pytest.mark.parametrize("name", CORPORA)
def test_a_missing_folder_is_named_with_the_layout_expected(tmp_path, name):
    corpus = CORPORA[name](str(tmp_path / "nowhere"))
    with pytest.raises(
        FileNotFoundError, match=f"/nowhere: no such folder; {re.escape(corpus.expected)}"
    ):
        corpus.recordings()


def test_what_an_error_says_to_type_is_a_corpus_that_can_be_typed(request):
    conf = request.config.rootpath / "conf"
    for corpus in (LibriSpeech, TIMIT, ESC50, NOISEX92):
        named = re.search(r"corpus=(\w+)", corpus.remedy)[1]
        assert (
            OmegaConf.load(conf / f"download/sources/{named}.yaml").corpus
            == corpus.__name__.lower()
        )


def test_the_documentation_has_the_folder_of_every_corpus(request):
    documented = (request.config.rootpath / "docs/data.md").read_text()
    nodes = map(OmegaConf.load, (request.config.rootpath / "conf/corpus").glob("*.yaml"))
    texts = [str(OmegaConf.to_container(node).get("root")) for node in nodes]
    folders = [
        text.removeprefix("${data_root}/") for text in texts if text.startswith("${data_root}/")
    ]
    assert folders and all(f"| `{folder}` |" in documented for folder in folders)


@pytest.mark.parametrize("name", CORPORA)
def test_an_empty_folder_is_refused(tmp_path, name):
    (tmp_path / "train-clean-100").mkdir()
    with pytest.raises(FileNotFoundError, match=r"expected|put audio there"):
        CORPORA[name](str(tmp_path)).recordings()


def test_esc50_selects_clips_by_the_licence_that_comes_with_them(tmp_path):
    licences = {"1-11-A": "CC0", "1-12-A": "CC-BY", "2-13-B": "CC-BY-NC", "2-14-A": None}
    (tmp_path / "audio").mkdir()
    (tmp_path / "meta").mkdir()
    table, lines = ["filename,fold,category"], ["## Licensing/attribution", "", "001 - Dog:"]
    for clip, licence in licences.items():
        table.append(f"{clip}-0.wav,{clip[0]},dog")
        if licence:
            lines.append(f"- [{clip}.ogg]: clip derived from dog [2].wav by someone [{licence}] ")
    (tmp_path / "meta/esc50.csv").write_text("\n".join(table) + "\n")

    def ids(*chosen):
        return [r.id for r in ESC50(str(tmp_path), licences=chosen).recordings()]

    with pytest.raises(FileNotFoundError, match="LICENSE: no such file, and licences="):
        ids("CC0")
    (tmp_path / "LICENSE").write_text("\n".join(lines))
    assert ids("CC0", "CC-BY") == ["esc50/1-11-A-0", "esc50/1-12-A-0"]
    assert ids("CC-BY-NC") == ["esc50/2-13-B-0"]
    with pytest.raises(ValueError, match=r"licences of .*: no MIT; there are"):
        ids("MIT")


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
        ESC50(str(tmp_path)).recordings()


def test_noisex92_gives_the_noises_in_the_order_asked_for(data_root):
    found = NOISEX92(str(data_root / "noise/noisex92"), ["white", "babble"]).recordings()
    assert [(r.id, r.kind) for r in found] == [
        ("noisex92/white", "white"),
        ("noisex92/babble", "babble"),
    ]
    assert [r.kind for r in NOISEX92(str(data_root / "noise/noisex92")).recordings()] == sorted(
        UNSEEN
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [("file", "anna/day1/a"), ("folder", "anna/day1"), ("top", "anna")],
)
def test_a_folder_tells_sources_apart_by_file_folder_or_top(tmp_path, word, expected):
    write(tmp_path / "anna/day1/a.ogg", speech_like(1, 0), subtype="VORBIS")
    (found,) = Folder(str(tmp_path), "mine", source=word, kind=word).recordings()
    assert (found.id, found.source, found.kind) == (
        "mine/anna/day1/a.ogg",
        f"mine/{expected}",
        expected,
    )
    assert Folder(str(tmp_path), "mine", kind="").recordings()[0].kind == ""


def test_a_folder_tells_the_sex_of_speakers_where_its_folders_do(tmp_path):
    for name in ("F/anna", "M/bob"):
        write(tmp_path / name / "a.wav", speech_like(1, 0))
    known = Folder(str(tmp_path), "mine", "folder", kind="", sex="top").recordings()
    assert [r.sex for r in known] == ["F", "M"]
    assert [r.sex for r in Folder(str(tmp_path), "mine", "folder").recordings()] == ["", ""]
    with pytest.raises(ValueError, match=r"a\.wav: lies under 'F/anna', which is neither F nor M"):
        Folder(str(tmp_path), "mine", sex="folder").recordings()
    with pytest.raises(ValueError, match=r"sex='F' of .*must be one of"):
        Folder(str(tmp_path), "mine", sex="F")


def test_files_in_no_subfolder_are_of_one_speaker_which_is_said_once(tmp_path, caplog):
    for name in ("a.wav", "b.wav", "anna/c.wav"):
        write(tmp_path / name, speech_like(1, 0))
    corpus = Folder(str(tmp_path), "mine", source="top", kind="top")
    corpus.option = "speech.train.own"
    found = [corpus.recordings() for _ in range(2)][-1]
    assert [(r.source, r.kind) for r in found] == [
        ("mine", ""),
        ("mine/anna", "anna"),
        ("mine", ""),
    ]
    assert len(caplog.records) == 1
    assert "2 file(s) lie right in" in caplog.text
    assert "if each is of another, add speech.train.own.source=file" in caplog.text


def test_a_folder_takes_all_audio_and_counts_and_names_everything_else(tmp_path, caplog):
    for name in ("a.wav", "b.FLAC", "deep/er/c.aiff", "d.mp3"):
        write(tmp_path / name, speech_like(0.5, 0), subtype=None)
    for name in (".hidden.wav", ".cache/e.wav", "deep/._c.wav"):
        write(tmp_path / name, speech_like(0.5, 0))
    (tmp_path / "notes.txt").write_text("no audio")
    (tmp_path / "folder.wav").mkdir()
    assert [r.id for r in Folder(str(tmp_path), "x").recordings()] == [
        "x/a.wav",
        "x/b.FLAC",
        "x/d.mp3",
        "x/deep/er/c.aiff",
    ]
    left_out = "3 hidden (.cache), 1 no audio (notes.txt)"
    assert caplog.messages == [f"note: left out under {tmp_path}: {left_out}"]


def test_linked_folders_are_entered_once(tmp_path):
    write(tmp_path / "elsewhere" / "anna" / "a.wav", speech_like(0.5, 0))
    root = tmp_path / "root"
    write(root / "b.wav", speech_like(0.5, 0))
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    (root / "more").symlink_to(tmp_path / "elsewhere" / "anna")
    (tmp_path / "elsewhere" / "anna" / "round").symlink_to(root)
    assert [r.id for r in Folder(str(root), "x").recordings()] == ["x/b.wav", "x/more/a.wav"]


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "opus", "aiff"])
def test_a_cut_has_the_same_samples_wherever_it_begins(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "opus":
        soundfile.write(path, speech_like(3, 1), RATE, format="OGG", subtype="OPUS")
    else:
        write(path, speech_like(3, 1), subtype=None)
    whole = reading.read(path, RATE)
    for start in (0, 1, 5000, 16001, 40000):
        np.testing.assert_array_equal(
            reading.read(path, RATE, start, 1000), whole[start : start + 1000]
        )
