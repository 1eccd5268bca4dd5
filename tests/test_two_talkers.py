"""Plans whose noise is a second speaker: who meets whom, in which split, and what is refused."""

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import RATE
from protocols import paper
from scipy.signal import fftconvolve

from datagen.draw_plan import draw_plan
from datagen.plan import load_plan
from datagen.prepare import make_drawer
from datagen.recordings import table
from datagen.render import render
from datagen.render_plan import render_plan
from datagen.split import split_speech
from reporting.scoring.leaks import refuse_leaks

SPLITS = ("train", "validation", "test")
SNRS = {"train": [-5, 0, 5], "validation": [-5, 5], "test": [-5, 0, 5]}
COUNTS = {"train": 40, "validation": 10, "test": 18}


@pytest.fixture(scope="module")
def speech_only(tables):
    empty = table([])
    return {**tables, "noise.seen": empty, "noise.unseen": empty}


@pytest.fixture(scope="module")
def drawer(speech_only):
    return make_drawer(speech_only, paper(second_talker=True, snr_db=SNRS), RATE, 0)


@pytest.fixture(scope="module")
def plan(drawer, tmp_path_factory):
    return draw_plan(drawer, COUNTS, tmp_path_factory.mktemp("cache"))


def sources(recordings, ids):
    return recordings.set_index("id").source[ids].to_numpy()


def test_both_talkers_are_of_the_rows_split_and_never_the_same(plan):
    first = sources(plan.speech, plan.rows.speech_id)
    second = sources(plan.noise, plan.rows.noise_id)
    assert (first != second).all()
    split_of = dict(zip(plan.speech.source, plan.speech.split, strict=True))
    for talkers in (first, second):
        assert [split_of[talker] for talker in talkers] == plan.rows.split.tolist()
    assert plan.speech.groupby("source").split.nunique().max() == 1
    assert (plan.speech.groupby("split").source.nunique() >= 2).all()
    assert len(set(second[plan.rows.split == "train"])) >= 2


def test_only_training_has_heard_its_second_talkers_and_the_test_has_every_snr_once(plan):
    assert plan.rows.noise_seen.tolist() == (plan.rows.split == "train").tolist()
    tested = plan.split("test")
    assert (tested.groupby(["speech_id", "snr_db"]).size() == 1).all()
    assert sorted(tested.snr_db.unique()) == [-5, 0, 5]


def test_the_noise_of_a_mixture_is_speech_of_the_second_talker_at_the_snr(plan, drawer, tmp_path):
    said = {}
    for row in plan.speech.itertuples():
        whole = drawer.library.clean(row.id, 0, row.length).astype(float)
        said.setdefault(row.source, []).append(whole)
    for row in plan.split("validation").to_dict("records")[:4]:
        parts = render(row, drawer.library)
        assert torch.equal(parts["mixture"], parts["clean"] + parts["noise"])
        (talker,) = sources(plan.noise, [row["noise_id"]])
        speech = np.concatenate(said[talker] * 2)
        noise = parts["noise"].double().numpy()
        likeness = fftconvolve(speech, noise[::-1], "valid")
        energies = fftconvolve(speech**2, np.ones(len(noise)), "valid")
        assert (likeness / np.sqrt(energies * (noise @ noise))).max() > 0.999
    off = render_plan(plan, drawer.library, tmp_path, RATE).eval("achieved_snr_db - snr_db").abs()
    assert off.max() <= 0.01


def test_a_plan_of_talkers_is_read_back_as_it_was(plan, tmp_path):
    plan.save(tmp_path)
    pd.testing.assert_frame_equal(load_plan(tmp_path).rows, plan.rows, check_dtype=False)


@pytest.mark.parametrize("role", ["speech_id", "noise_id"])
def test_a_test_with_a_talker_whom_training_has_heard_is_refused(plan, tmp_path, role):
    plan.save(tmp_path)
    assert refuse_leaks(tmp_path, plan, tmp_path) == set()
    tested = getattr(plan, "speech" if role == "speech_id" else "noise")
    heard = plan.speech.source[plan.speech.split == "validation"].iloc[0]
    first = plan.split("test")[role].iloc[0]
    changed = tested.assign(source=tested.source.mask(tested.id == first, heard))
    name = "speech" if role == "speech_id" else "noise"
    other = type(plan)(
        **{"rows": plan.rows, "speech": plan.speech, "noise": plan.noise, name: changed}
    )
    with pytest.raises(ValueError, match="of the test were in its training"):
        refuse_leaks(tmp_path, other, tmp_path)


def test_noise_beside_a_second_talker_is_refused(tables):
    with pytest.raises(ValueError, match=r"^noise\.seen has recordings, but .*leave them out"):
        make_drawer(tables, paper(second_talker=True), RATE, 0)


def test_several_noises_and_a_second_talker_exclude_each_other():
    with pytest.raises(ValueError, match=r"there is one second speaker; give noises=\[1\.0\]"):
        paper(second_talker=True, noises=[0.5, 0.5])


@pytest.mark.parametrize(("speakers", "own_test"), [(1, True), (3, True), (5, False)])
def test_too_few_speakers_for_two_in_each_split_are_named(tables, speakers, own_test):
    pool, test = tables["speech.train"], tables["speech.test"] if own_test else None
    some = pool[pool.source.isin(sorted(pool.source.unique())[:speakers])]
    with pytest.raises(ValueError, match=rf"^plan\.second_talker=true: {speakers} speaker\(s\) \("):
        split_speech(some, test, paper(second_talker=True), 0)


def test_a_test_of_one_speaker_is_named(speech_only, tmp_path):
    test = speech_only["speech.test"]
    alone = {**speech_only, "speech.test": test[test.source == test.source.iloc[0]]}
    drawer = make_drawer(alone, paper(second_talker=True, snr_db=SNRS), RATE, 0)
    with pytest.raises(
        ValueError, match=r"^plan\.test=3: test has 1 speaker\(s\) \(librispeech/901"
    ):
        draw_plan(drawer, {"test": 3}, tmp_path)
