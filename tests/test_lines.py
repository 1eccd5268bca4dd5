"""lines.py as its user runs it, in small.

Gains that the written audio confirms, and one line for bad input.
"""

from io import StringIO

import forked
import numpy as np
import pandas as pd
import pytest
import soundfile
import tiny_run
from omegaconf import OmegaConf

import lines
from command.check import check
from command.lines_schema import LinesConfig
from dsp.tone import Tone
from files.owner import owned
from metrics.snr_gain import snr_gain
from reporting.gains_table import COLUMNS
from reporting.tables.line_tables import means, text

RATE = 1024
PLAN = (
    f"plan.sample_rate={RATE}",
    "plan.duration_s=12.0",
    "plan.tones=[{hz: 50.0},{hz: 120.0}]",
    "plan.snr_db=[-12,0]",
)
SMALL = (
    "study=quick",
    *PLAN,
    "systems.lms.step=1e-4",
    "systems.lms.length=32",
    "systems.literal.updates=3",
    "systems.enhancer.updates=3",
    "studies.frame.vary.frame_s=[0.5,1.0]",
    "studies.frame.plan.duration_s=12.0",
    "studies.off_grid.plan={tones: [{hz: 50.3}], snr_db: [-12]}",
    "studies.random_tones.plan.random_tones={count: 2, lowest_hz: 50.0, highest_hz: 400.0}",
    "studies.random_tones.plan.snr_db=[-12,0]",
    "studies.literal.plan={snr_db: [-12], draws: 1}",
    "studies.delay.plan={snr_db: [-12], draws: 1}",
    "studies.frame.plan.snr_db=[-12]",
    "studies.field.plan.snr_db=[-12,0]",
)


def run(folder, *more):
    lines.main(tiny_run.config("lines", [*SMALL, f"output={folder}", *more], folder))
    return pd.read_csv(folder / "gain.csv")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lines")
    return folder, run(folder)


def test_the_table_has_a_row_per_study_system_setting_snr_and_draw(report):
    _, gains = report
    assert list(gains) == COLUMNS
    assert gains.groupby("study", sort=False).size().to_dict() == {
        "snr": 2 * 2 * 7,  # SNRs, draws, systems
        "off_grid": 7,
        "literal": 1,
        "frame": 1 * (1 + 2 + 2),  # the filter has no frame
        "delay": 2 * 2 + 1,  # the enhancer has no delay
        "field": 2 * 1 * 5,
        "field_off_grid": 2 * 2 * 5,
        "cell": 2 * 1 * 4,
        "random_tones": 2 * 2 * 3,
    }
    measured = ["gain_db", "gain_inband_db", "seconds"]
    assert gains[measured].notna().all().all()
    shown = pd.read_fwf(StringIO(text(means(gains))), dtype=str, skiprows=[1])
    assert shown[measured].map(lambda number: len(number.partition(".")[2]) == 2).all().all()
    assert gains[gains.study == "cell"].cell.unique().tolist() == ["rnn", "gru", "lstm", "bilstm"]


def test_gains_follow_from_the_written_audio(report):
    folder, gains = report
    rows = gains[(gains.study == "snr") & (gains.draw == 0)]
    assert len(rows) == 2 * 7
    for row in rows.itertuples():
        name = folder / "audio" / "snr" / f"lines-{row.snr_in_db:g}dB-000"
        read = {
            part: soundfile.read(f"{name}-{part}.flac")
            for part in ("mixture", "clean", "noise", row.system)
        }
        assert {rate for _, rate in read.values()} == {RATE}
        signals = {part: samples for part, (samples, _) in read.items()}
        assert np.allclose(signals["mixture"], signals["clean"] + signals["noise"], atol=3 / 2**23)
        ratio = 10 * np.log10(np.sum(signals["clean"] ** 2) / np.sum(signals["noise"] ** 2))
        assert ratio == pytest.approx(row.snr_in_db, abs=1e-3)
        tones = [Tone(50.0), Tone(120.0)]
        for inband, gain in ((False, row.gain_db), (True, row.gain_inband_db)):
            again = snr_gain(signals["mixture"], signals[row.system], RATE, tones, inband=inband)
            assert again == pytest.approx(gain, abs=0.01)


def test_the_page_shows_every_study_and_the_published_values(report):
    folder, gains = report
    page = (folder / "report.html").read_text()
    over, heard = (
        ("snr", "random_tones", "frame", "delay", "field", "field_off_grid", "cell"),
        ("snr", "off_grid", "random_tones", "literal", "field", "field_off_grid"),
    )
    drawn = {f"lines_{study}" for study in (*over, "seconds")} | {
        f"lofargrams_{study}" for study in heard
    }
    assert {path.stem for path in (folder / "figures").glob("*.png")} == drawn and page.count(
        "<svg"
    ) == len(drawn)
    assert page.count('class="player"') == len(heard)
    for study in heard:
        assert f'aria-label="Study {study}"' in page
    shown = gains[gains.study.isin(heard)].groupby("study").system.nunique() + 1  # the mixture
    assert page.count("<audio ") == shown.sum()
    for label in ("Bi-LSTM, published", "LMS, published range", "gru"):
        assert label in page
    for shown in (*gains.study.unique(), "12.58", "-14.99", "+8.58", "0.36"):
        assert shown in page
        assert shown in page or shown in (folder / "report.md").read_text()
    assert (folder / ".hydra" / "config.yaml").exists()


def test_a_run_repeats_but_for_its_seconds(report, tmp_path):
    """All systems and cells are in these studies; others repeat them on other mixtures."""
    _, gains = report
    repeated = ("snr", "literal", "cell")
    others = [f"~studies.{study}" for study in gains.study.unique() if study not in repeated]
    again = run(tmp_path / "again", "audio_draws=0", *others)
    before = gains[gains.study.isin(repeated)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.drop(columns="seconds"), before.drop(columns="seconds"))
    assert not (tmp_path / "again" / "audio").exists()


@pytest.fixture
def field(tmp_path):
    rng, time = np.random.default_rng(0), np.arange(12 * 2000) / 2000
    soundfile.write(
        tmp_path / "field <1>.wav",
        0.05 * np.sin(2 * np.pi * 167 * time) + 0.1 * rng.standard_normal(len(time)),
        2000,
    )
    return tmp_path / "field <1>.wav"


def test_a_recording_of_ones_own_is_enhanced_at_its_rate(field, tmp_path):
    gains = run(tmp_path / "report", f"wav='{field}'", "wav_tones_hz=[167.0]")
    assert gains.set_index("system").gain_db["enhancer"] > 3
    for system in ("nlms", "enhancer"):
        assert soundfile.info(tmp_path / f"report/audio/field <1>-{system}.flac").samplerate == 2000
    found = pd.read_csv(tmp_path / "report" / "lines.csv").set_index("system")
    assert found.hz["enhancer"] == pytest.approx(167.0, abs=0.1)
    assert found.snr_after_db["enhancer"] > found.snr_before_db["enhancer"] + 3
    assert "Lines found" in (tmp_path / "report" / "report.html").read_text()
    without = run(tmp_path / "none", f"wav='{field}'")
    assert without.gain_db.isna().all() and len(without) == 2
    assert "<1>" not in (tmp_path / "none" / "report.html").read_text()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["wav=none.wav"], "wav=none.wav: no such file"),
        (["wav='{field}'", "wav_tones_hz=[1000]"], "must lie below 1000 Hz, half the rate"),
        (
            ["plan.duration_s=3.0", "studies.snr.systems=[predictor]"],
            "shorter than the delay and two frames, 4 s",
        ),
        (["plan.duration_s=3.0"], "study snr, lms: signal is silent wherever the tones sound; "),
        (
            ["plan.duration_s=2.0"],
            "study snr, lms: 2 s are no longer than the delay and the filter, 2.03 s",
        ),
        (
            ["plan.tones=[{{hz: 512.0}}]"],
            "512 Hz does not lie between 0 and half of sample_rate=1024",
        ),
        (["plan.tones=[]"], "plan.tones=[]: give at least one tone, or random_tones"),
        (
            ["plan.random_tones={{count: 1, lowest_hz: 50.0, highest_hz: 60.0}}"],
            "tones and random_tones are both given",
        ),
        (
            [
                "studies.random_tones.plan.random_tones={{count: 1, lowest_hz: 60.0, highest_hz: 50.0}}"
            ],
            "lowest_hz=60 is not below highest_hz=50",
        ),
        (["plan.tones=[{{hz: 50.0, loud: 3}}]"], "plan.tones.0.loud: no such option"),
        (["systems.lms.step=1"], "the filter diverged after"),
        (["systems.predictor.cell=gruu"], "cell='gruu': must be one of rnn, gru, lstm, bilstm"),
        (["studies.delay.vary.delay_s=[0.0]"], "delay of at least one sample"),
        (
            ["studies.snr.systems=[wiener]"],
            "no system 'wiener'; there are lms, nlms, frame_mean, lofargram_mask, peaks, enhancer,",
        ),
        (["studies.field.plan.snr_db=[a]"], r"studies.field.plan.snr_db.0='a'"),
        (["plan.snr_db=[0,0]"], "remove those given twice"),
        (
            ["studies.field.plan.snr_db=[0,0]"],
            "studies.field.plan: snr_db=[0.0, 0.0]: each SNR goes through",
        ),
        (["+studies.field.plan.loud=3"], "studies.field.plan.loud: no such option"),
        (
            ["+studies.snr.vary.hidden=[4]", "studies.snr.systems=[lms]"],
            "studies.snr.vary.hidden: lms have no such",
        ),
        (["recording=[wiener]"], "recording: no system 'wiener'; there are lms"),
        (
            ["wav_tones_hz=[167.0]"],
            "wav_tones_hz=[167.0]: are looked for in a recording; add wav=FILE",
        ),
        (["wav='{field}'", "draw=true"], "is enhanced, and draw and render are about tones"),
        (["wav='{field}'", "render=true"], "is enhanced, and draw and render are about tones"),
    ],
)
def test_bad_input_is_one_line_that_names_it(field, tmp_path, more, told):
    with pytest.raises((ValueError, OSError)) as error:
        run(tmp_path / "report", *(item.format(field=field) for item in more))
    assert told in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "report" / "gain.csv").exists()


@pytest.mark.parametrize("samples", [np.zeros(24000), np.full(24000, 0.1)])
def test_a_recording_without_anything_in_it_is_refused(samples, tmp_path):
    soundfile.write(tmp_path / "empty.wav", samples, 2000)
    with pytest.raises(ValueError, match=r"empty\.wav: is constant or silent"):
        run(tmp_path / "report", f"wav={tmp_path / 'empty.wav'}")


@pytest.mark.parametrize("audio_format", ["wav", "flac"])
def test_rendered_mixtures_have_the_snr_of_their_row(tmp_path, audio_format):
    run = [
        "render=true",
        f"render_format={audio_format}",
        *PLAN,
        "plan.draws=2",
        f"output={tmp_path}",
    ]
    lines.main(tiny_run.config("lines", run, tmp_path))
    rows = pd.read_csv(tmp_path / "plan.csv")
    assert len(rows) == 4
    for row in rows.itertuples():
        clean, noise = (
            soundfile.read(tmp_path / f"test/{row.mixture_id}-{part}.{audio_format}")[0]
            for part in ("clean", "noise")
        )
        assert 10 * np.log10(np.sum(clean**2) / np.sum(noise**2)) == pytest.approx(
            row.snr_db, abs=1e-3
        )
    assert {path.name for path in tmp_path.iterdir()} == {"plan.csv", "test"}


def test_a_plan_is_drawn_without_its_audio(tmp_path):
    lines.main(tiny_run.config("lines", ["draw=true", "seed=3", f"output={tmp_path}"], tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["plan.csv"]
    plan = pd.read_csv(tmp_path / "plan.csv")
    assert list(plan) == ["mixture_id", "split", "snr_db", "draw"] and len(plan) == 8 * 10


NONSENSE = -1.5  # a value that no option takes
WHOLE = tiny_run.config("lines", [], tiny_run.ROOT)
OPTIONS = [*WHOLE, *(f"plan.{name}" for name in WHOLE.plan)]
OPTIONS += [f"studies.{name}.{part}" for name, study in WHOLE.studies.items() for part in study]


@pytest.mark.parametrize("option", OPTIONS)
def test_no_option_is_without_effect(option):
    cfg = WHOLE.copy()
    OmegaConf.update(cfg, option, NONSENSE)
    with pytest.raises(ValueError, match=rf"{option}=-1.5: "):
        check(cfg, LinesConfig)


def test_a_folder_that_another_process_writes_to_is_refused_at_once(tmp_path):
    with owned(tmp_path / "out"):
        typed = ["draw=true", f"output={tmp_path / 'out'}"]
        other = forked.Script("lines", tmp_path / "told", typed)
        assert other.wait() == 1
    (line,) = other.told.read_text().splitlines()
    assert line.startswith("lines.py: ") and "another process works there" in line
    assert not (tmp_path / "out").exists()
