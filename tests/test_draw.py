"""The rows of a plan: excerpts, joined noises, gains that keep the SNR and never clip."""

import os

import numpy as np
import pytest
import soundfile
from corpora import RATE, speech_like, steady, write
from protocols import paper

from datagen.corpora.folder import Folder
from datagen.draw_plan import draw_plan
from datagen.prepare import make_drawer, scan_all
from datagen.render import render
from datagen.render_plan import render_plan

SPLITS = ("train", "validation", "test")


@pytest.fixture
def own(tmp_path):
    """A drawer over one's own signals: speech by speaker, seen noise by name."""

    def make(speech: dict, noise: dict, **changes):
        for group, signals in (("speech", speech), ("noise", noise)):
            for name, signal in signals.items():
                write(tmp_path / group / f"{name}.wav", signal)
        roles = {
            "speech.train": "speech",
            "speech.test": None,
            "noise.seen": "noise",
            "noise.unseen": None,
        }
        corpora = {
            role: {"x": Folder(str(tmp_path / group), group)} if group else {}
            for role, group in roles.items()
        }
        return make_drawer(scan_all(corpora, RATE, tmp_path, 1, False), paper(**changes), RATE, 0)

    return make


def three(signal):
    """Three speakers who say the same, but for the last sample: no two are the same audio."""
    return {
        f"s{number}": np.append(signal[:-1], signal[-1] + number / 32768) for number in range(3)
    }


@pytest.mark.parametrize("noises", [[1.0], [0.0, 0.0, 1.0]])
def test_no_row_has_a_silent_excerpt(own, tmp_path, noises):
    padded = np.concatenate(
        [steady(3.0, 1), np.zeros(4 * RATE), steady(1.5, 2), np.zeros(1 * RATE)]
    )
    speech = np.concatenate([speech_like(1.0, 3), np.zeros(4 * RATE)])
    changes = {"noise_stretches": None, "segment_s": dict.fromkeys(SPLITS, 0.5), "noises": noises}
    drawer = own(three(speech), {"n": padded}, **changes)
    rows = draw_plan(drawer, {"train": 60}, tmp_path).rows
    for row in rows.to_dict("records"):
        further = [noise.samples for noise in drawer.library.further_noises(row)]
        assert len(further) == len(noises) - 1
        for excerpt in (*drawer.library.excerpts(row), *further):
            assert 10 * np.log10(np.mean((excerpt / 32768.0) ** 2)) > -70


def test_a_recording_of_nothing_but_silence_is_named(own, tmp_path):
    drawer = own(three(np.zeros(2 * RATE)), {"n": steady(3, 0)})
    with pytest.raises(
        ValueError,
        match=r"train mixture 0: none of 100 cuts of (.*/speech/s\d\.wav) .*: in 100 the speech is silent; take \1 out",
    ):
        draw_plan(drawer, {"train": 1}, tmp_path)
    assert not list(tmp_path.glob("plans/*"))


@pytest.mark.parametrize("table", ["speech", "noise"])
def test_rows_are_drawn_anew_where_a_file_that_they_may_be_cut_from_has_changed(
    own, tmp_path, monkeypatch, table
):
    drawer = own(three(speech_like(2, 1)), {"n": steady(3, 2)})
    first = draw_plan(drawer, {"train": 2}, tmp_path).rows
    monkeypatch.setattr(soundfile, "SoundFile", None)
    assert draw_plan(drawer, {"train": 2}, tmp_path).rows.equals(first)
    os.utime(drawer.speech.path[drawer.speech.split == "test"].iloc[0], ns=(0, 0))
    assert draw_plan(drawer, {"train": 2}, tmp_path).rows.equals(first)
    served = getattr(drawer, table)
    os.utime(served.path[served.split == "train"].iloc[0], ns=(0, 0))
    with pytest.raises(TypeError):  # soundfile is out of order: it was needed
        draw_plan(drawer, {"train": 2}, tmp_path)


def test_a_noise_shorter_than_the_speech_is_repeated(own, tmp_path):
    noise = steady(0.1, 0)
    drawer = own(three(speech_like(2, 1)), {"n": noise}, noise_stretches=None)
    row = draw_plan(drawer, {"train": 1}, tmp_path).rows.to_dict("records")[0]
    _, excerpt = drawer.library.excerpts(row)
    np.testing.assert_array_equal(excerpt[: 2 * RATE - 1600], excerpt[1600:])


def test_an_excerpt_runs_on_through_the_joined_noises_and_round(own):
    noises = {"a": np.full(400, 0.25), "b": np.full(600, -0.5)}
    drawer = own(three(speech_like(2, 1)), noises, noise_stretches=None)
    excerpt = drawer.library.noise("noise/b.wav", 500, 1200)
    np.testing.assert_array_equal(
        excerpt, np.repeat([-16384, 8192, -16384, 8192], [100, 400, 600, 100])
    )


@pytest.mark.parametrize("snr_db", [-5, 10])
def test_loud_sources_are_turned_down_until_nothing_clips(own, tmp_path, snr_db):
    square = np.sign(speech_like(2, 1)) * 0.999
    changes = {"snr_db": {split: [snr_db] for split in SPLITS}, "gain_db": [3.0, 3.0]}
    drawer = own(three(square), {"n": np.sign(steady(3, 2)) * 0.999}, **changes)
    for row in draw_plan(drawer, {"train": 6}, tmp_path).rows.to_dict("records"):
        assert row["gain_db"] < 0
        peak = max(float(part.abs().max()) for part in render(row, drawer.library).values())
        assert 0.985 < peak < 0.991


def test_quiet_sources_are_lifted_so_that_rounding_keeps_the_snr(own, tmp_path):
    drawer = own(
        three(speech_like(2, 1) * 0.01),
        {"n": steady(3, 2)},
        snr_db={split: [10] for split in SPLITS},
    )
    for row in draw_plan(drawer, {"train": 3}, tmp_path).rows.to_dict("records"):
        assert row["gain_db"] > 5
        assert 10 * np.log10(np.mean(render(row, drawer.library)["noise"].numpy() ** 2)) > -60.1


def test_every_row_drawn_can_be_rendered_even_where_noise_hardly_moves(own, tmp_path):
    offset = 0.2 + 0.0005 * np.random.default_rng(0).standard_normal(3 * RATE)
    changes = {"snr_db": {split: [14, 15, 16, 17] for split in SPLITS}, "gain_db": [-60.0, -20.0]}
    drawer = own(three(speech_like(2, 1) * 0.05), {"n": offset}, **changes)
    plan = draw_plan(drawer, {"train": 30}, tmp_path)
    off = (
        render_plan(plan, drawer.library, tmp_path / "out", RATE)
        .eval("achieved_snr_db - snr_db")
        .abs()
    )
    assert off.max() <= 0.01


@pytest.mark.parametrize("snr_db", [35, 45, -35])
def test_a_wide_snr_is_reached_where_peaks_leave_room_for_it(own, tmp_path, snr_db):
    """Peaks that stand 26 dB out of the mean power: 16 bits hold 74 - 26 = 48 dB."""
    speech = speech_like(2, 1) * 0.06
    speech[::400] = 0.99 * np.sign(speech[::400])
    noise = steady(3, 2) if snr_db > 0 else np.tile(speech, 2)
    drawer = own(three(speech), {"n": noise}, snr_db={split: [snr_db] for split in SPLITS})
    plan = draw_plan(drawer, {"train": 4}, tmp_path)
    off = (
        render_plan(plan, drawer.library, tmp_path / "out", RATE)
        .eval("achieved_snr_db - snr_db")
        .abs()
    )
    assert off.max() <= 0.01


def test_an_snr_out_of_reach_is_told_with_the_limit_and_snrs_that_work(own, tmp_path):
    square, noise = (
        three(np.sign(speech_like(2, 1)) * 0.5),
        {"n": steady(3, 2)},
    )  # 74.7 - 0.1 dB, less one for chance
    told = (
        r"none of 100 cuts of .*/s\d\.wav can be mixed: in 100 an SNR of 80 dB is out of reach of 16-bit audio "
        r"\(at most 73 dB here\); set plan\.snr_db\.train=\[0,10\]$"
    )
    with pytest.raises(ValueError, match=told):
        draw_plan(
            own(square, noise, snr_db={split: [0, 10, 80] for split in SPLITS}),
            {"train": 20},
            tmp_path,
        )
    drawer = own(square, noise, snr_db={split: [73] for split in SPLITS})
    assert len(draw_plan(drawer, {"train": 3}, tmp_path).rows) == 3


def test_a_silent_noise_is_blamed_by_its_own_name(own, tmp_path):
    quiet = np.zeros(9 * RATE)
    quiet[:8] = 0.001
    drawer = own(three(speech_like(1, 1)), {"quiet": quiet}, segment_s=dict.fromkeys(SPLITS, 0.5))
    with pytest.raises(
        ValueError, match=r"the noise is silent \(mostly (.*/noise/quiet\.wav)\); take \1 out"
    ):
        draw_plan(drawer, {"train": 1}, tmp_path)


def test_speech_levels_over_50_db_can_be_had_by_the_joint_gain(make, tmp_path):
    drawer = make(gain_db=[-45.0, 5.0], snr_db={split: [0, 10] for split in SPLITS})
    plan = draw_plan(drawer, {"train": 40}, tmp_path / "cache")
    gains = plan.rows.gain_db
    # Lowered where a sample would clip, and raised where rounding would be heard: 16 bits end there.
    assert gains.max() > -5 and gains.min() < -30
    table = render_plan(plan, drawer.library, tmp_path / "out", RATE)
    assert (table.achieved_snr_db - plan.rows.snr_db).abs().max() <= 0.01


def test_the_joint_gain_is_drawn_from_its_range(make, tmp_path):
    gains = draw_plan(make(gain_db=[-12.0, -6.0]), {"train": 60}, tmp_path).rows.gain_db
    assert gains.between(-12.01, -5.99).all()
    assert gains.max() - gains.min() > 4


def test_a_noise_amplitude_makes_the_snr_of_training_rows_and_leaves_the_test_its_grid(
    own, tmp_path
):
    speech, noise = speech_like(3.0, 1), steady(6.0, 2)
    drawer = own(
        three(speech),
        {"n": noise},
        noise_amplitude=[0.2, 0.8],
        segment_s=dict.fromkeys(SPLITS, 1.0),
    )
    plan = draw_plan(drawer, {"train": 12, "test": 4}, tmp_path)
    factors = []
    for row in plan.split("train").to_dict("records"):
        _, before = drawer.library.excerpts(row)
        after = render(row, drawer.library)["noise"].numpy() / 10 ** (row["gain_db"] / 20)
        factors.append(np.linalg.norm(after * 32768) / np.linalg.norm(before.astype(float)))
    assert 0.2 - 1e-3 < min(factors) < 0.4 and 0.6 < max(factors) < 0.8 + 1e-3
    assert plan.split("test").snr_db.tolist() == [-5.0, 0.0, 5.0, 10.0]


def test_an_utterance_serves_once_for_every_turn_that_it_lasts(own, tmp_path):
    lengths_s = {"short": 1.0, "six": 6.0, "twelve": 12.1}
    speech = {name: speech_like(length_s, 3) for name, length_s in lengths_s.items()}
    changes = {"segment_s": dict.fromkeys(SPLITS, 1.0), "turn_s": 3.0}
    drawer = own(speech, {"n": steady(3.0, 1)}, **changes)
    drawer.speech["split"] = "train"
    drawer.__post_init__()
    rows = draw_plan(drawer, {"train": 14}, tmp_path).rows
    served = rows.speech_id.str.split("/").str[1].value_counts()
    assert served.to_dict() == {"short.wav": 2, "six.wav": 4, "twelve.wav": 8}
