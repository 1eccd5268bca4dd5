"""Folders of enhanced files as systems: what is wrong with them is told, and nothing is mended unasked."""

import numpy as np
import pandas as pd
import pytest
import tiny_run
import torch
from omegaconf import OmegaConf
from pair_trees import RATE, noise, voice, wav

import evaluate
from command.chosen import chosen_baselines
from datagen import from_config
from metrics.si_sdr import SISDR
from models.baselines.files import Files
from parallel.spread import over_processes
from reporting.scoring.bench import Bench
from reporting.scoring.files import failed_checks, look_at, shared_delay
from reporting.scoring.score_plan import score_plan
from reporting.tables.summary import unscored_text

SECONDS = 1.2


def speech(number):
    """A voice with pauses of its own."""
    sound = voice(number, SECONDS)
    gate = np.repeat(np.random.default_rng(number).random(12) > 0.4, len(sound) // 12)
    return sound * np.pad(gate, (0, len(sound) - len(gate)), constant_values=1)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Six mixtures at 0 dB."""
    root = tmp_path_factory.mktemp("set")
    for number in range(6):
        clean = speech(number)
        wav(root / f"clean/u{number}.wav", clean)
        wav(root / f"mixture/u{number}.wav", clean + noise(clean, 0.0, number))
    common = ["experiment=pairs", f"sample_rate={RATE}", f"cache={root / 'cache'}", "jobs=1"]
    folders = [f"clean={root / 'clean'}", f"mixture={root / 'mixture'}"]
    test = from_config.test(tiny_run.config("evaluate", [*common, *folders], root / "out"))
    return Bench(test.plan, test.audio, RATE)


def enhanced(folder, change=lambda number, sound: sound):
    """A file for every mixture: its clean speech and a tenth of its noise, changed."""
    for number in range(6):
        clean = speech(number)
        sound = change(number, clean + 0.1 * noise(clean, 0.0, number))
        if sound is not None:
            wav(folder / f"u{number}.wav", sound)
    return folder


def rows(bench, folder, **options):
    system = Files(RATE, str(folder), **options)
    return look_at(bench, {"tool": system}).set_index("mixture_id")


def what(table):
    return failed_checks(table.reset_index()).what.tolist()


def late(samples):
    return lambda _, sound: np.concatenate([np.zeros(samples), sound])[: len(sound)]


def test_good_files_have_nothing_to_tell_and_are_scored_as_they_are(bench, tmp_path):
    table = rows(bench, enhanced(tmp_path))
    assert what(table) == []
    assert (table.delay == 0).all() and (table.gain_db.abs() < 0.1).all()
    (mixture, *_) = bench.mixtures()
    signal = bench.enhanced(Files(RATE, str(tmp_path)), mixture).answer
    clean = speech(0)
    assert np.abs(signal - clean - 0.1 * noise(clean, 0.0, 0)).max() < 1e-4


@pytest.mark.parametrize(
    ("change", "title", "column", "value"),
    [
        (late(37), "delayed", "delay", 37),
        (lambda _, sound: np.roll(sound, -20), "delayed", "delay", -20),
        (lambda _, sound: -sound, "inverted", "inverted", True),
        (lambda _, sound: np.stack([sound, sound], 1), "several channels", "channels", 2),
        (lambda _, sound: 0.1 * sound, "a gain more than 10 dB off", "gain_db", -20.0),
        (lambda _, sound: sound[:-50], "another length", "longer_by", -50),
        (lambda _, sound: np.clip(9 * sound, -1, 1), "clipped", None, None),
        (lambda n, _: speech(n) + noise(speech(n), 0.0, n), "the mixture itself", "is_mixture", 1),
        (lambda n, _: 1.41 * speech(n), "at the mixture's level", "level_of", "mixture"),
    ],
)
def test_what_is_odd_is_a_column_and_is_told(bench, tmp_path, change, title, column, value):
    table = rows(bench, enhanced(tmp_path, change))
    assert title in what(table)
    if column:
        found = table[column].tolist()
        assert found == pytest.approx([value] * 6, abs=0.1) if column == "gain_db" else True
        assert column == "gain_db" or found == [value] * 6


def test_swapped_files_name_the_utterance_that_they_are(bench, tmp_path):
    def swapped(number, sound):
        clean = speech({0: 1, 1: 0}.get(number, number))
        return clean + 0.1 * noise(clean, 0.0, number)

    table = rows(bench, enhanced(tmp_path, swapped))
    assert table.nearer_to.tolist() == ["u1", "u0", "", "", "", ""]
    assert what(table) == ["another utterance"]


def test_missing_unreadable_silent_and_resampled_files_are_counted_rows(bench, tmp_path):
    def spoiled(number, sound):
        return {0: None, 1: np.zeros(len(sound))}.get(number, sound)

    folder = enhanced(tmp_path, spoiled)
    (folder / "u2.wav").write_bytes(b"RIFF no audio")
    wav(folder / "u3.wav", np.full(100, np.nan), subtype="FLOAT")
    wav(folder / "u4.wav", np.repeat(speech(4), 2), rate=2 * RATE)
    table = rows(bench, folder)
    assert "has no files called u0.*" in table.problem["u0"]
    assert table.problem["u1"] == "silent"
    assert table.problem["u2"] and "NaN" in table.problem["u3"]
    assert table.problem["u4"] == "" and table.sample_rate["u4"] == 2 * RATE
    assert table.longer_by["u4"] == 0
    shown = failed_checks(table.reset_index()).set_index("what").files
    assert shown["missing or unreadable"] == "4 of 6" and shown["another rate"] == "1 of 6"
    systems = {"tool": Files(RATE, str(folder))}
    scores = score_plan(bench, systems, {"si_sdr": SISDR()}, over_processes(1))
    reasons = scores.set_index("mixture_id").failed
    missing = "its file is missing or cannot be read, see files.csv"
    assert all(reasons[name].endswith(missing) for name in ("u0", "u2", "u3"))
    assert "silent" in reasons["u1"] and reasons["u4"] == ""
    assert unscored_text(scores).endswith(" tool 4 of 6.")
    assert unscored_text(scores[scores.failed != ""]) == ""


def test_one_delay_of_all_files_is_undone_where_that_is_asked_for_and_no_other(bench, tmp_path):
    folder = enhanced(tmp_path / "one", late(37))
    system = Files(RATE, str(folder), align=True)
    assert set(look_at(bench, {"tool": system}).delay) == {37}
    assert system.delay == 37
    (mixture, *_) = bench.mixtures()
    signal = bench.enhanced(system, mixture).answer
    assert np.abs(signal[:-37] - (speech(0) + 0.1 * noise(speech(0), 0.0, 0))[:-37]).max() < 1e-4
    assert len(signal) == len(speech(0))
    as_it_is = Files(RATE, str(folder))
    look_at(bench, {"tool": as_it_is})
    assert as_it_is.delay == 0
    several = pd.DataFrame({"problem": "", "correlation": 0.9, "delay": [10, 20, 30, 10]})
    assert shared_delay(several) == 0


def test_files_are_found_by_a_pattern_and_in_subfolders(bench, tmp_path):
    for path in enhanced(tmp_path / "flat").glob("*.wav"):
        (tmp_path / "deep").mkdir(exist_ok=True)
        path.rename(tmp_path / "deep" / f"{path.stem}_out.wav")
    table = rows(bench, tmp_path, pattern="{name}_out")
    assert (table.problem == "").all()
    with pytest.raises(ValueError, match=r"none of 6 mixtures .*nearest is .*u0_out.*pattern"):
        rows(bench, tmp_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"folder": "nowhere"}, "no such folder"), ({"folder": ".", "pattern": "x"}, "lacks {name}")],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises((ValueError, OSError), match=said):
        Files(RATE, **options)


def test_a_folder_that_is_missing_is_told_with_the_name_of_its_baseline():
    node = {"_target_": "models.baselines.files.Files", "folder": "nowhere"}
    cfg = OmegaConf.create({"sample_rate": RATE, "baselines": {"tool": node}})
    with pytest.raises(FileNotFoundError, match=r"baselines\.tool: nowhere: no such folder"):
        chosen_baselines(cfg)


def test_files_enhance_no_mixture_of_which_they_do_not_know_the_name(tmp_path):
    with pytest.raises(ValueError, match="on the mixtures of"):
        Files(RATE, str(tmp_path)).enhance(torch.zeros(1, 8))


def test_a_report_has_the_folder_among_its_systems_and_files_csv(tmp_path):
    for number in range(2):
        clean = speech(number)
        wav(tmp_path / f"set/clean/u{number}.wav", clean)
        wav(tmp_path / f"set/mixture/u{number}.wav", clean + noise(clean, 0.0, number))
    enhanced(tmp_path / "tool", lambda number, sound: sound if number < 1 else None)
    typed = [
        "experiment=pairs", f"sample_rate={RATE}", f"cache={tmp_path / 'cache'}", "jobs=1",
        f"clean={tmp_path / 'set/clean'}", f"mixture={tmp_path / 'set/mixture'}", *tiny_run.TABLES_ALONE,
        "+baseline@baselines.tool=files", f"baselines.tool.folder={tmp_path / 'tool'}",
        "~metric.pesq_nb_raw", "~metric.pesq_nb", "~metric.pesq_wb", "~metric.estoi",
    ]  # fmt: skip
    evaluate.main(tiny_run.config("evaluate", typed, tmp_path / "out"))
    scores = pd.read_csv(tmp_path / "out/scores.csv", keep_default_na=False).set_index("system")
    tool = scores.loc["tool"]
    assert float(tool.sdr.iloc[0]) > 15
    assert tool.sdr.iloc[1] == "" and "its file is missing" in tool.failed.iloc[1]
    assert pd.read_csv(tmp_path / "out/files.csv").mixture_id.tolist() == ["u0", "u1"]
    for page in ("report.md", "report.html"):
        text = (tmp_path / "out" / page).read_text()
        assert "Files of other tools" in text and "missing or unreadable" in text
