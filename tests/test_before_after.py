"""The page to compare recordings before and after: what stands in it, and how large it may become."""

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from audio import probing
from audio.levels import excerpt, levels
from reporting.pages import before_after
from reporting.pages.before_after import Pair, write_before_after

RATE = 8000
SOUND = re.compile(r'<audio[^>]*src="data:audio/ogg;base64,([^"]*)"')


def noise(seconds, gain=0.1, rate=RATE, channels=1):
    return gain * np.random.default_rng(0).uniform(-1, 1, (round(seconds * rate), channels))


@pytest.fixture
def pair(tmp_path):
    """A pair of files: of a recording, and of what was made of it."""

    def made(name, samples, gain=0.5, rate=RATE, remark="enhanced", heard=True):
        before, after = tmp_path / f"before {name}", tmp_path / f"after {name}"
        soundfile.write(before, samples, rate, subtype="PCM_24")
        soundfile.write(after, gain * samples, rate, subtype="PCM_24")
        return Pair(name, before, after, remark, heard)

    return made


def page_of(pairs, folder):
    write_before_after(pairs, {"command": "enhance.py <b>"}, folder / "page.html")
    return (folder / "page.html").read_text(encoding="utf-8")


def cells(page):
    """The rows of the table of levels, by what they are about."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = [re.findall("<t[hd].*?>(.*?)</t[hd]>", row) for row in body.split("</tr>")]
    return {row[0]: row[1:] for row in rows if row}


def test_levels_of_whole_files_are_told(tmp_path, pair):
    square = np.where(np.arange(2 * RATE) % 2, 0.1, -0.1)
    row = cells(page_of([pair("x.wav", square)], tmp_path))["x.wav"]
    assert row == ["enhanced", "2.0", "8,000", "1", "-20.0", "-26.0", "-20.0", "-26.0", "-6.0"]


def test_both_sounds_are_the_same_stretch_under_one_gain(tmp_path, pair):
    samples = noise(3)
    page = page_of([pair("x.wav", samples, gain=0.25)], tmp_path)
    contents = [io.BytesIO(base64.b64decode(text)) for text in SOUND.findall(page)]
    before, after = (soundfile.read(content)[0] for content in contents)
    assert len(before) == len(after) == len(samples)
    assert np.corrcoef(before, samples[:, 0])[0, 1] > 0.9
    assert np.corrcoef(before, after)[0, 1] > 0.9
    assert before.std() / after.std() == pytest.approx(4, rel=0.1)


def test_of_a_long_recording_the_loudest_stretch_is_played_and_that_is_said(tmp_path, pair):
    samples = noise(200)
    samples[100 * RATE : 160 * RATE] *= 3
    page = page_of([pair("x.wav", samples)], tmp_path)
    assert "x.wav: 1:40 to 2:40 of 3:20" in page
    assert 'data-seconds="60"' in page


def test_a_page_stays_small_and_says_what_it_leaves_out(tmp_path, pair, monkeypatch):
    pairs = [pair(f"{number}.wav", noise(9)) for number in range(5)]
    monkeypatch.setattr(before_after, "MOST", 3)
    page = page_of(pairs, tmp_path)
    assert page.count('class="player"') == 3
    assert "2 recordings without a player" in page and "<li>3.wav</li><li>4.wav</li>" in page
    assert [*cells(page)] == [f"{number}.wav" for number in range(5)]
    monkeypatch.setattr(before_after, "LARGEST", len(page) // 2)
    smaller = page_of(pairs, tmp_path)
    assert len(smaller) < len(page) and smaller.count('class="player"') < 3
    assert "<li>4.wav</li>" in smaller


def test_what_failed_or_is_silent_has_a_row_and_no_player(tmp_path, pair):
    silent = pair("s.wav", noise(1, 0.0), remark="copied unchanged, for it is silent", heard=False)
    missing = Pair("<i>.wav", tmp_path / "none", tmp_path / "none", "failed: <b>", False)
    page = page_of([missing, silent], tmp_path)
    assert 'class="player"' not in page
    assert cells(page)["s.wav"][:2] == ["copied unchanged, for it is silent", "1.0"]
    assert cells(page)["&lt;i&gt;.wav"][0] == "failed: &lt;b&gt;"
    assert "<b>" not in page.replace("<b>before", "").replace("<b>after", "")


@pytest.mark.parametrize(("rate", "played"), [(200, 8000), (44100, 44100), (384000, 48000)])
def test_any_rate_and_one_sample_are_played(tmp_path, pair, rate, played):
    short = pair("short.wav", np.full((1, 2), 0.1), rate=rate)
    page = page_of([pair("x.wav", noise(0.5, rate=rate, channels=2), rate=rate), short], tmp_path)
    contents = [io.BytesIO(base64.b64decode(text)) for text in SOUND.findall(page)]
    assert {soundfile.info(content).samplerate for content in contents} == {played}
    assert page.count('class="player"') == 2


def test_levels_are_of_every_channel_and_excerpts_of_their_mean(tmp_path):
    left, right = np.full(2500, 0.5), np.full(2500, -0.25)
    soundfile.write(tmp_path / "x.wav", np.stack([left, right], 1), 1000, subtype="FLOAT")
    head = probing.header(tmp_path / "x.wav")
    found = levels(head)
    assert (found.samples, found.peak, found.power) == (2500, 0.5, (0.25 + 0.0625) / 2)
    assert found.by_second.tolist() == [312.5, 312.5, 156.25]
    cut = excerpt(head, 1, 9, 1000)
    assert (len(cut), set(cut)) == (1500, {0.125})
