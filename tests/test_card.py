"""What a model card is made of, with answers worked out by hand."""

import pandas as pd
import pytest
from score_tables import many, scores

from datagen.corpora.folder import Folder
from datagen.corpora.librispeech import LibriSpeech
from files.table import csv_text
from reporting.pages.report import write_report
from reporting.tables.corpora import NOT_STATED, trained_on
from reporting.tables.evaluated import SCORES, SUMMARY
from reporting.tables.summary import summarise
from reporting.tables.weaknesses import least_improved, worsened

HOUR = 8000 * 3600  # samples at 8000 Hz


def speech(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id", "source", "length", "split"])


def noise(*rows: tuple[str, bool, str, int, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["id", "seen", "split", "start", "stop"])
    return table.assign(source=table.id.str.partition("#")[0])


def test_hours_are_those_that_serve_in_training_by_corpus_and_counted_once():
    spoken = speech(
        ("librispeech/a", "s1", HOUR, "train"),
        ("librispeech/b", "s2", HOUR // 2, "train"),
        ("librispeech/c", "s3", HOUR, "validation"),
        ("librispeech_too/d", "s4", HOUR, "train"),
    )
    heard = noise(
        ("rain/a#train", True, "train", HOUR, 2 * HOUR),
        ("rain/a#test", True, "test", 0, HOUR),
        ("wind/b", True, "", 0, HOUR // 4),
        ("hail/c", False, "test", 0, HOUR),
    )
    before = speech(("librispeech/a", "s1", HOUR, "train"), ("older/x", "s9", HOUR, "train"))
    corpora = {
        "speech.train": {"one": LibriSpeech("/nowhere")},
        "noise.seen": {
            "two": Folder("/nowhere", "rain", title="Rain (x.org)", licence="CC0"),
            "three": Folder("/nowhere", "wind"),
        },
    }
    table = trained_on([(spoken, heard), (before, heard.iloc[:0])], corpora, 8000)
    assert table.values.tolist() == [
        ["librispeech", "LibriSpeech", "speech", 2, 1.5, "CC BY 4.0"],
        ["librispeech_too", "", "speech", 1, 1.0, NOT_STATED],
        ["older", "", "speech", 1, 1.0, NOT_STATED],
        ["rain", "Rain (x.org)", "noise", 1, 1.0, "CC0"],
        ["wind", "a folder of audio", "noise", 1, 0.25, NOT_STATED],
    ]


@pytest.fixture
def uneven():
    """A system that adds 0.5 to the PESQ at 10 dB, and takes 0.2 at -5 dB in every second mixture."""
    table = many(("mixture", "oracle", "net"))
    own = table.system == "net"
    low = own & (table.snr_db == -5)
    every_second = low & (table.groupby("system").cumcount() % 2 == 0)
    pesq = table.pesq_nb_raw.mask(own, 1.5).mask(low, 1.0).mask(every_second, 0.8)
    kind = table.noise_type.mask(table.snr_db == -5, "rain")
    return table.assign(pesq_nb_raw=pesq, stoi=table.stoi.mask(low, 0.49), noise_type=kind)


def test_the_worst_come_first_and_say_how_many_mixtures_they_are(uneven):
    table = least_improved(uneven, "net", "noise_type")
    assert table.index.tolist() == ["rain", "white"]
    assert table.mixtures.tolist() == [20, 20]
    assert table.pesq_nb_raw.tolist() == pytest.approx([-0.1, 0.5])
    assert table.stoi.tolist() == pytest.approx([-1.0, 0.0])
    by_snr = least_improved(uneven, "net", "snr_db", most=1)
    assert by_snr.index.tolist() == ["-5"] and by_snr.mixtures.tolist() == [20]


def test_what_is_made_worse_is_counted_from_the_limits_on(uneven):
    """By 0.2 of PESQ in 10 of 40 mixtures; by one point of STOI in 20, which is not worth a word."""
    assert worsened(uneven, "net") == (
        "Of 40 mixtures it makes worse: 25.0 % by more than 0.1 PESQ-NB raw, "
        "0.0 % by more than 2 points of STOI, 25.0 % by one or the other."
    )
    lower = uneven.assign(stoi=uneven.stoi - 0.015 * (uneven.system == "net"))
    assert "50.0 % by more than 2 points of STOI, 50.0 % by one or the other" in worsened(
        lower, "net"
    )
    alone = uneven.drop(columns="stoi")
    assert worsened(alone, "net") == (
        "Of 40 mixtures it makes worse: 25.0 % by more than 0.1 PESQ-NB raw."
    )


def test_a_report_has_the_columns_that_it_is_read_back_by(tmp_path):
    table = scores()
    write_report(table, {}, tmp_path, figures=False)
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert summary.columns.tolist() == list(SUMMARY) == summarise(table).columns.tolist()
    assert csv_text(table).startswith(",".join(SCORES.types))
