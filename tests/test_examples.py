"""Examples are chosen by what was scored, and hold the signals that were."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from PIL import Image
from stand_ins import Answers, mixture_and_oracle

from dsp.stft import STFT
from metrics.sdr import SDR
from parallel.spread import over_processes
from reporting.pages.example_choice import choose
from reporting.pages.examples import ALWAYS, PANELS, _shown, examples
from reporting.pages.media import waveform
from reporting.scoring.bench import Bench
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import ScoreCache
from reporting.scoring.score_plan import score_plan

RATE = 16000


def scores(gains, snrs=(-5.0, 10.0)):
    rows = [
        {
            "system": system,
            "mixture_id": f"test-{snr:g}-{number}",
            "sample_rate": 16000,
            "snr_db": snr,
            "noise_seen": True,
            "sdr": value,
        }
        for snr in snrs
        for number, gain in enumerate(gains)
        for system, value in (
            ("mixture", snr),
            ("net", snr + gain),
            ("worse", snr + 1),
            ("oracle", snr + 20),
        )
    ]
    return pd.DataFrame(rows).assign(
        sample_rate=RATE,
        noise_type="white",
        noise_id="n",
        speech_id="a",
        speaker="a",
        sex="",
        failed="",
    )


def test_the_most_least_and_usually_improved_of_every_snr():
    found = choose(scores([3.0, 9.0, -1.0, 5.0, 4.0]))
    assert [mixture for _, mixture in found] == [
        "test--5-4", "test--5-1", "test--5-2", "test-10-4", "test-10-1", "test-10-2",
    ]  # fmt: skip
    assert found[0][0] == "-5 dB, typical: net changes SDR by +4.00 dB"
    assert found[2][0] == "-5 dB, least improved: net changes SDR by -1.00 dB"


def test_no_utterance_stands_twice_and_none_without_a_score():
    assert len(choose(scores([3.0]))) == 2
    table = scores([3.0, 4.0])
    assert choose(table.assign(sdr=np.nan)) == []


@pytest.mark.parametrize(("examples", "systems"), [(1, 8), (12, 8), (22, 3), (33, 1), (400, 1)])
def test_many_examples_show_fewer_systems_so_that_a_page_can_be_opened(examples, systems):
    names = [f"net{number}" for number in range(20)]
    table = pd.concat(
        [scores([float(number)]).replace("net", name) for number, name in enumerate(names)]
    )
    room = PANELS // examples - ALWAYS
    found = _shown(
        table.drop_duplicates(["system", "mixture_id"]), ["mixture", "oracle", *names], room
    )
    assert found == ["mixture", "oracle", *names[20 - systems :]]


def scored(bench, systems):
    return score_plan(bench, systems, {"sdr": SDR()}, over_processes(1))


def shown_of(bench, systems, table):
    return list(examples(table, bench, systems, STFT(RATE)))


@pytest.fixture
def shown(rendered):
    bench, systems = Bench(*rendered, RATE), mixture_and_oracle(RATE)
    table = scored(bench, systems)
    return table, systems, shown_of(bench, systems, table), bench


def content(uri, kind):
    head, _, text = uri.partition(",")
    assert head == f"data:{kind};base64"
    return io.BytesIO(base64.b64decode(text))


def test_panels_hold_every_signal_as_picture_and_sound(shown):
    table, systems, found, _ = shown
    assert len(found) == len(choose(table)) + 1 > 1  # the last in many noises
    assert "many noises at once (" in found[-1].title
    for example in found:
        assert [panel.name for panel in example.panels] == ["clean", *systems]
        for panel in example.panels:
            picture = Image.open(content(panel.picture, "image/webp"))
            samples, rate = soundfile.read(content(panel.sound, "audio/ogg"))
            assert rate == RATE and picture.height == 64 + 161
            assert abs(picture.width - (1 + len(samples) // 160)) <= 1
            assert 0 < np.abs(samples).max() <= 1


def test_many_noises_at_once_are_mixed_at_the_lowest_snr(shown):
    table, _, _, bench = shown
    mixture = bench.crowded(choose(table)[0][1])
    assert 2 <= len(mixture.identity["noises"]) <= 5
    energy = {part: np.sum(mixture.samples(part) ** 2) for part in ("clean", "noise")}
    snr_db = 10 * np.log10(energy["clean"] / energy["noise"])
    assert snr_db == pytest.approx(bench.rows.snr_db.min(), abs=0.02)
    both = mixture.samples("clean") + mixture.samples("noise")
    assert np.allclose(mixture.samples("mixture"), both) and np.abs(both).max() < 1


def test_a_waveform_shows_when_a_signal_is_loud():
    signal = np.concatenate([np.zeros(500), np.tile([0.5, -0.5], 250)])
    lit = waveform(signal, 10, 1.0)[..., 0] > 128
    assert lit.shape == (64, 10)
    assert (lit[:, :5].sum(0) <= 3).all()  # silence is a line
    assert (np.abs(lit[:, 5:].sum(0) - 32) <= 2).all()  # from half of the height down to half


def test_the_sound_of_the_mixture_is_the_mixture(shown):
    table, _, found, bench = shown
    title, mixture_id = choose(table)[0]
    assert found[0].title.startswith(title)
    expected = bench.mixture(mixture_id).samples("mixture")[: 4 * RATE]
    samples, _ = soundfile.read(content(found[0].panels[1].sound, "audio/ogg"))
    length = min(len(samples), len(expected))
    assert np.corrcoef(samples[:length], expected[:length])[0, 1] > 0.9


def test_what_was_shown_before_is_neither_enhanced_nor_drawn_again(rendered, tmp_path, monkeypatch):
    bench = Bench(*rendered, RATE, memory=Memory(ScoreCache(tmp_path / "memory.sqlite")))
    systems = mixture_and_oracle(RATE)
    table = scored(bench, systems)
    first = shown_of(bench, systems, table)
    monkeypatch.setattr("reporting.pages.views.picture", lambda *_: pytest.fail("drawn again"))
    tired = {
        name: Answers(lambda _: pytest.fail("enhanced again"), one.made_of)
        for name, one in systems.items()
    }
    assert shown_of(bench, tired, table) == first


def test_what_broken_systems_return_is_counted_with_its_reason_and_still_shown(rendered):
    broken = {
        "nan": Answers(lambda batch: torch.full_like(batch["mixture"], torch.nan)),
        "short": Answers(lambda batch: batch["mixture"][:, :-7]),
        "empty": Answers(lambda batch: batch["mixture"][:, :0]),
    }
    bench, systems = Bench(*rendered, RATE), mixture_and_oracle(RATE) | broken
    table = scored(bench, systems)
    of_broken = table[table.system.isin(broken)]
    assert (
        of_broken.sdr.isna().all()
        and (of_broken.failed != "").all()
        and table.sdr.notna().sum() > 0
    )
    for example in shown_of(bench, systems, table):
        assert [panel.name for panel in example.panels] == ["clean", *systems]
        for panel in example.panels:
            samples, _ = soundfile.read(content(panel.sound, "audio/ogg"))
            assert np.isfinite(samples).all()


def test_a_system_may_be_called_clean(rendered):
    bench, systems = Bench(*rendered, RATE), mixture_and_oracle(RATE)
    systems["clean"] = systems["mixture"]
    for example in shown_of(bench, systems, scored(bench, systems)):
        reference, mixture, *_, named = example.panels
        assert named.name == reference.name == "clean"
        assert named.sound == mixture.sound != reference.sound
