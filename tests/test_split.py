"""Speakers in one split alone, by seed, and corpora of too few speakers."""

import pandas as pd
import pytest
from corpora import RATE
from protocols import paper

from datagen.prepare import make_drawer
from datagen.recordings import Recording, table
from datagen.split import limit_utterances, noise_stretches, shares_speakers, split_speech

DIVIDED, OVERLAPPING = paper(), paper(noise_stretches=None)


def speech(speakers, utterances=3, only="", prefix="a"):
    return table(
        [
            Recording(
                f"{prefix}/{s}/{u}",
                f"/{prefix}/{s}/{u}.wav",
                f"{prefix}/{s}",
                only=only,
                sample_rate=RATE,
                samples=RATE,
            )
            for s in speakers
            for u in range(utterances)
        ]
    )


def noise(names, samples=1000, prefix="n", rate=RATE):
    return table(
        [
            Recording(
                f"{prefix}/{n}",
                f"/{prefix}/{n}.wav",
                f"{prefix}/{n}",
                kind=n,
                sample_rate=rate,
                samples=samples,
            )
            for n in names
        ]
    )


def speakers(frame, split):
    return set(frame[frame.split == split].source)


@pytest.mark.parametrize("count", [3, 4, 7, 20, 251])
def test_no_speaker_stands_in_two_splits(count):
    out = split_speech(speech(range(count)), None, DIVIDED, seed=1)
    groups = [speakers(out, split) for split in ("train", "validation", "test")]
    assert sum(map(len, groups)) == len(set.union(*groups)) == count
    assert all(groups)
    assert len(groups[1]) == len(groups[2]) == max(1, round(0.15 * count))


def test_even_greedy_fractions_leave_a_training_speaker():
    out = split_speech(
        speech(range(3)), None, paper(validation_speakers=0.99, test_speakers=0.99), seed=0
    )
    assert [len(speakers(out, split)) for split in ("train", "validation", "test")] == [1, 1, 1]


def test_test_speech_of_its_own_is_left_whole():
    out = split_speech(speech(range(5)), speech(range(2), prefix="b"), DIVIDED, seed=0)
    assert speakers(out, "test") == {"b/0", "b/1"}
    assert len(speakers(out, "validation")) == 1


def test_the_seed_decides_who_serves_where():
    chosen = [
        tuple(speakers(split_speech(speech(range(30)), None, DIVIDED, seed), "test"))
        for seed in (0, 0, 1)
    ]
    assert set(chosen[0]) == set(chosen[1]) != set(chosen[2])


OTHERS = speech(["x"], prefix="b")


@pytest.mark.parametrize(("count", "test"), [(2, None), (1, None), (1, OTHERS)])
def test_of_too_few_speakers_utterances_are_set_aside_and_said_to_be(count, test, caplog):
    out = split_speech(speech(range(count)), test, DIVIDED, seed=0)
    own = out[out.id.str.startswith("a/")]
    assert (own.source == own.id).all()
    groups = [speakers(own, split) for split in ("train", "validation", "test")]
    assert all(groups[: 2 if test is OTHERS else 3])
    assert sum(map(len, groups)) == 3 * count
    assert f"note: {count} speaker(s) (a/0" in caplog.text
    assert shares_speakers(out) is (test is not OTHERS)


def test_of_enough_speakers_none_is_heard_before_the_test():
    assert not shares_speakers(split_speech(speech(range(3)), None, DIVIDED, seed=0))


@pytest.mark.parametrize(("count", "test"), [(2, None), (1, OTHERS), (0, None)])
def test_too_few_utterances_are_refused(count, test):
    with pytest.raises(
        ValueError, match=f"too few speakers and utterances: {count} .* splits train, validation"
    ):
        split_speech(speech(range(count), utterances=1), test, DIVIDED, seed=0)


def test_shared_speakers_are_refused_by_name():
    with pytest.raises(ValueError, match=r"a/1, a/2: in training speech and in test speech"):
        split_speech(speech([0, 1, 2]), speech([1, 2, 3]), DIVIDED, seed=0)


def test_recordings_of_one_source_are_refused_in_seen_and_unseen_noise():
    seen, unseen = noise(["a", "b"]), noise(["b"], prefix="u").assign(source="n/b")
    with pytest.raises(ValueError, match=r"^n/b: in seen noise and in unseen noise"):
        noise_stretches(seen, unseen, DIVIDED, RATE)


def test_utterances_bound_to_a_split_serve_nowhere_else():
    pool = pd.concat(
        [
            speech(range(8), 2),
            speech(range(8), 1, only="train").assign(id=[f"sa/{n}" for n in range(8)]),
        ]
    )
    out = split_speech(pool, None, DIVIDED, seed=0)
    assert set(out[out.only == "train"].split) == {"train"}
    assert (out.only == "train").sum() == len(speakers(out, "train"))
    assert len(out[out.only == ""]) == 16


def test_utterances_are_limited_per_split():
    out = split_speech(speech(range(8)), None, DIVIDED, seed=0)
    some = limit_utterances(
        out, paper(utterances={"train": 5, "validation": None, "test": 2}), seed=0
    )
    assert some.split.value_counts().to_dict() == {"train": 5, "validation": 3, "test": 2}
    assert set(some.id) <= set(out.id)
    with pytest.raises(ValueError, match=r"plan\.utterances\.test=4: there are only 3"):
        limit_utterances(
            out, paper(utterances={"train": None, "validation": None, "test": 4}), seed=0
        )


@pytest.mark.parametrize("rate", [8000, RATE])
def test_stretches_cover_a_recording_and_share_no_sample(rate):
    out = noise_stretches(noise([*"abcdefgh"], samples=1237), noise([]), DIVIDED, rate)
    first = set()
    for _, rows in out.groupby("path"):
        rows = rows.sort_values("start")
        assert rows.start.tolist() == [0, *rows.stop.tolist()[:-1]]
        assert rows.stop.iloc[-1] == 1237 * rate // RATE
        train = rows.set_index("split").loc["train"]
        assert (train.stop - train.start) / rows.stop.iloc[-1] == pytest.approx(0.7, abs=0.001)
        first.add(rows.split.iloc[0])
    assert first == {"train", "validation", "test"}
    assert out.id.is_unique and out.seen.all()
    assert (out.groupby("vector").split.nunique() == 1).all() and out.vector.nunique() == 3


def test_overlapping_noise_is_one_vector_and_unseen_noise_one_each():
    out = noise_stretches(noise(["a", "b"]), noise(["c", "d"], prefix="u"), OVERLAPPING, RATE)
    assert out.groupby("vector", sort=False).source.agg(list).tolist() == [
        ["n/a", "n/b"],
        ["u/c"],
        ["u/d"],
    ]
    assert out.seen.tolist() == [True, True, False, False]
    assert out.split.tolist() == ["", "", "test", "test"]
    assert (out.stop - out.start).tolist() == [1000] * 4


def test_a_noise_bound_to_training_serves_whole_and_nowhere_else():
    bound = noise(["c"], prefix="made").assign(only="train")
    out = noise_stretches(pd.concat([noise(["a", "b"]), bound]), noise([]), DIVIDED, RATE)
    made = out[out.only == "train"]
    assert made[["seen", "split", "start", "stop"]].to_numpy().tolist() == [
        [True, "train", 0, 1000]
    ]
    rest = out[out.only == ""].reset_index(drop=True)
    assert rest.equals(noise_stretches(noise(["a", "b"]), noise([]), DIVIDED, RATE))
    with pytest.raises(
        ValueError, match=r"noise_stretches=null: .* made/c may serve in train alone"
    ):
        noise_stretches(bound, noise([]), OVERLAPPING, RATE)


def test_a_noise_too_short_to_divide_is_named():
    with pytest.raises(ValueError, match=r"/n/b\.wav: 3 samples are too few"):
        noise_stretches(
            pd.concat([noise(["a"]), noise(["b"], samples=3)]), noise([]), DIVIDED, RATE
        )


def test_test_speech_that_is_all_too_short_is_not_replaced_silently(tables, protocol):
    short = {**tables, "speech.test": tables["speech.test"].assign(samples=100)}
    with pytest.raises(ValueError, match=r"speech\.test: no recording reaches plan\.shortest_s=1"):
        make_drawer(short, protocol, RATE, 0)


@pytest.mark.parametrize("role", ["speech.train", "noise.seen"])
def test_a_role_without_corpora_is_named(tables, protocol, role):
    with pytest.raises(ValueError, match=f"{role} is empty"):
        make_drawer({**tables, role: table([])}, protocol, RATE, 0)
