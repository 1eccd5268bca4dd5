"""Transcripts: from the files of a corpus to a training's tokens and a test's references."""

import pandas as pd
import pytest
from corpora import librispeech_tree, speech_like, timit_tree, write
from metric_names import metric
from stand_ins import Hears

from datagen import recordings
from datagen.corpora.folder import Folder
from datagen.corpora.librispeech import LibriSpeech
from datagen.corpora.timit import TIMIT
from datagen.scan import scan
from datagen.transcribed import Spelling, require_said, require_whole, transcribed, transcript
from metrics.cer import CER
from metrics.guard import NotComputable
from metrics.wer import WER
from text.alphabet import Alphabet, needed
from text.spelling import plain


def test_each_layout_knows_what_is_said(tmp_path, caplog):
    chapter = librispeech_tree(tmp_path / "libri") / "test-other" / "901" / "100"
    lines = "901-100-0000 GO DO YOU HEAR\n901-100-0002  IT'S  SO\n"
    (chapter / "901-100.trans.txt").write_text(lines)
    spoken = LibriSpeech(tmp_path / "libri", ["test-other"]).recordings()
    assert [one.text for one in spoken] == ["GO DO YOU HEAR", "", "IT'S SO", "", "", ""]
    timit = timit_tree(tmp_path / "timit")
    (timit / "TRAIN/DR1/FCJF0/SX37.TXT").write_text("0 35123 Critical equipment needs it.\n")
    texts = {one.id: one.text for one in TIMIT(timit).recordings()}
    assert texts["timit/train/dr1/fcjf0/sx37"] == "Critical equipment needs it."
    assert list(texts.values()).count("") == len(texts) - 1
    for name, text in {"a": "Schöne\n Äpfel! ", "b": None}.items():
        write(tmp_path / f"own/{name}.wav", speech_like(0.5, 0))
        if text:
            (tmp_path / f"own/{name}.txt").write_text(text, encoding="utf-8")
    assert [one.text for one in Folder(tmp_path / "own", "own").recordings()] == [
        "Schöne Äpfel!",
        "",
    ]
    assert "left out" not in caplog.text  # a transcript is read


def test_a_transcript_that_changes_makes_no_audio_be_read_again(tmp_path, monkeypatch):
    write(tmp_path / "own/a.wav", speech_like(0.5, 0))
    folder = Folder(tmp_path / "own", "own")
    before = scan(folder.recordings(), tmp_path / "cache")
    (tmp_path / "own/a.txt").write_text("anew")
    monkeypatch.setattr("datagen.scan._inspected", None)
    after = scan(folder.recordings(), tmp_path / "cache")
    assert before.text.tolist() == [""] and after.text.tolist() == ["anew"]
    assert list(after) == recordings.COLUMNS
    pd.testing.assert_frame_equal(before.drop(columns="text"), after.drop(columns="text"))


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("SHE HAD YOUR DARK SUIT", "she had your dark suit"),
        ("  Tent-like \u2014 isn\u2019t  it?!", "tent like isn't it"),
        ("Straße, à l\u2019été", "strasse a l'ete"),
        ("\u00bfNo 15?", "no 15"),
    ],
)
def test_what_is_said_has_no_case_no_marks_and_no_accents(text, spelled):
    assert plain(text) == spelled


def test_accents_in_the_alphabet_stay():
    alphabet = Alphabet(" aeést")
    assert alphabet.text(alphabet.tokens("Été  à tâs!")) == "été a tas"


def speech(*texts: str, seconds: float = 1.0) -> pd.DataFrame:
    rows = []
    for number, text in enumerate(texts):
        rows.append({"path": f"{number}.wav", "text": text, "samples": 16000 * seconds})
    return pd.DataFrame(rows).assign(sample_rate=16000)


def spelling(steps_each_s: int) -> Spelling:
    def room(tokens, samples):
        return needed(tokens) <= steps_each_s * samples // 8000

    return Spelling(Alphabet(" abc"), room)


def test_what_cannot_be_learned_from_is_left_out_with_its_reason(caplog):
    table = speech("abc", "", "?!", "abcabc", "aab")
    kept = spelling(4).known(table, "speech.train", 8000)
    assert kept.text.tolist() == ["abc", "aab"]  # four steps, for the second 'a' needs one more
    assert kept.index.tolist() == [0, 1]
    notes = sorted(record.message for record in caplog.records)
    assert notes == [
        "note: 1 of 5 recordings of speech.train left out: "
        "more characters than the network has steps (3.wav)",
        "note: 1 of 5 recordings of speech.train left out: no transcript (1.wav)",
        "note: 1 of 5 recordings of speech.train left out: "
        "nothing is said in their transcripts (2.wav)",
    ]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (
            ["", ""],
            r"^speech.train: no recording can be learned from \(no transcript\); .*NAME.txt",
        ),
        (["abc" * 9, ""], r"^speech.train: no recording .* \(more characters than .*; give each"),
        (
            ["abc", "a9", "€d"],
            r"transcripts of 2 of 3 recordings, the first 1.wav, have '9€d', outside "
            r"task.alphabet=' abc'; give 'task.alphabet=\" abc9€d\"', or leave",
        ),
    ],
)
def test_a_corpus_that_teaches_nothing_is_refused_in_one_line(texts, words):
    with pytest.raises(ValueError, match=words) as caught:
        spelling(8).known(speech(*texts), "speech.train", 8000)
    assert "\n" not in str(caught.value)


def test_a_part_of_an_utterance_has_no_transcript():
    utterances = pd.DataFrame({"id": ["u"], "length": [100], "text": ["abc"]})
    utterance = utterances.iloc[0]
    whole = {
        "mixture_id": "m",
        "speech_id": "u",
        "speech_start": 0,
        "length": 100,
        "present": "both",
    }
    assert transcript(whole, utterance) == "abc"
    for part in ({"length": 99}, {"speech_start": 1}, {"present": "noise"}):
        assert transcript(whole | part, utterance) == ""
    require_whole(pd.DataFrame([whole]), utterances)
    with pytest.raises(ValueError, match=r"^1 of 2 mixtures hold only a part.*plan=recognition"):
        require_whole(pd.DataFrame([whole, whole | {"length": 99}]), utterances)


def test_a_test_of_which_no_mixture_has_a_transcript_is_refused():
    row = {"mixture_id": "m", "speech_id": "u", "speech_start": 0, "length": 100}
    rows = pd.DataFrame([row, row | {"speech_id": "v"}])
    known = {"id": ["u", "v"], "length": [100, 100], "path": ["u.wav", "v.wav"]}
    require_said(rows, pd.DataFrame(known | {"text": ["", "abc"]}))
    none = r"^none of the 2 mixtures .* \(the first is of u.wav\); .*NAME.txt beside NAME.wav"
    with pytest.raises(ValueError, match=none):
        require_said(rows, pd.DataFrame(known | {"text": ["", ""]}))
    with pytest.raises(ValueError, match=r"^1 of 1 mixtures hold only a part"):
        require_said(rows.assign(length=99), pd.DataFrame(known | {"text": ["", "abc"]}))


@pytest.mark.parametrize(
    ("said", "heard", "cer", "wer"),
    [
        ("a bc", "A, bc!", 0.0, 0.0),
        ("abcd", "abxd", 1 / 4, 1.0),
        ("so near", "so", 5 / 7, 1 / 2),
        ("ab", "", 1.0, 1.0),
        ("ab", "ab ab ab", 3.0, 2.0),
    ],
)
def test_error_rates_are_errors_by_what_is_said(said, heard, cer, wer):
    assert CER()(said, heard, 16000) == pytest.approx(cer)
    assert WER()(said, heard, 16000) == pytest.approx(wer)


def test_an_error_rate_of_speech_is_that_of_what_is_heard_in_it():
    listening = CER(run="somewhere")
    listening.open_recogniser(lambda run, by: Hears("abcd", 8000))
    noise = speech_like(1.0, 0, 8000)
    assert (metric("cer").takes, listening.takes) == ("text", "speech")
    assert listening("abce", noise, 8000) == 0.25
    with pytest.raises(NotComputable, match="needs 8000 Hz, got 16000 Hz"):
        listening("abce", noise, 16000)
    with pytest.raises(NotComputable, match="nothing is said"):
        listening("?", noise, 8000)
    with pytest.raises(NotComputable, match="estimate is silent"):
        listening("a", 0 * noise, 8000)
    with pytest.raises(ValueError, match="two recognisers; leave one out"):
        CER(run="somewhere", by="pocketsphinx")


def test_of_speech_without_transcripts_only_the_transcribed_is_left_and_none_is_all(caplog):
    speech = pd.DataFrame({"text": ["A", "", "B"], "path": ["a", "b", "c"]})
    assert transcribed(speech, "speech.test", 8000).path.tolist() == ["a", "c"]
    assert "1 of 3 recordings of speech.test left out: no transcript (b)" in caplog.text
    assert len(transcribed(speech.assign(text=""), "speech.test", 8000)) == 3
