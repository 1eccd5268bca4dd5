"""A network that foretells tunes: what it must know after learning them, and what it then writes."""

import math

import numpy as np
import pandas as pd
import pytest
import soundfile
import tiny_run
import torch
from tiny_run import Command

import compose
import evaluate
from command.entry import save_config
from datagen.batches import collate
from datagen.melodies.plan import load_tunes
from datagen.melodies.tokens import TOKENS, may_follow, to_tokens
from datagen.melodies.tune import Note, unwritten
from models.learner import Learner
from models.melody.learner import MelodyLearner
from models.melody.lstm import NextNoteLSTM
from models.melody.ngram import NGram
from models.melody.perplexity import nats
from models.melody.sampling import continued
from tasks.melody import Melody, composer, counted
from tasks.task import enhancers_of, task_of

TINY = (
    "experiment=melodies",
    "recipe=melodies",
    "task.network.hidden=8",
    "task.network.embedding=4",
    "task.transpose=1",
    "recipe.steps_per_epoch=4",
    "recipe.schedule.warmup_steps=2",
    "trainer.max_epochs=2",
)


def small(seed=0, **options):
    torch.manual_seed(seed)
    return NextNoteLSTM(TOKENS, **{"embedding": 8, "hidden": 32, **options})


def go_on(network, begun, count, temperature=0.0, seed=0):
    tokens = continued(network, begun, may_follow, np.random.default_rng(seed), temperature)
    return [token for _, token in zip(range(count), tokens, strict=False)]


@pytest.fixture(scope="module")
def turning():
    """A tune in which what follows a C depends on all that stood before it."""
    notes = [Note(pitch, 12) for pitch in (60, 62, 60, 64, 60, 62, 60)]
    return to_tokens([*notes, Note(None, 12), Note(67, 24)])


@pytest.fixture(scope="module")
def trained(turning):
    """A network that has seen no other tune."""
    learner = MelodyLearner(small(), torch.optim.Adam)
    optimizer = torch.optim.Adam(learner.parameters(), lr=0.01)
    batch = {"tokens": torch.tensor(turning)[None], "length": torch.tensor([len(turning)])}
    for _ in range(400):
        optimizer.zero_grad()
        loss, _ = learner.loss(batch)
        loss.backward()
        optimizer.step()
    return learner.network.eval()


@pytest.mark.parametrize("heard", [1, 3, 8, 13])
def test_a_deterministic_tune_is_continued_exactly(trained, turning, heard):
    rest = turning[heard:].tolist()
    assert go_on(trained, turning[:heard], len(rest)) == rest
    assert nats(trained, turning) < 0.05 * len(turning)
    assert NGram(3, TOKENS).learn([turning]).nats(turning) > 0.3 * len(turning)


def test_the_same_seed_draws_the_same_notes_and_another_one_others():
    network = small().eval()
    drawn = [go_on(network, [0], 40, temperature=1.0, seed=seed) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    for before, token in zip([0, *drawn[0]], drawn[0], strict=False):
        assert may_follow(before)[token]


def test_a_low_temperature_draws_what_is_likeliest():
    network = small().eval()
    assert go_on(network, [0], 20, temperature=1e-6) == go_on(network, [0], 20)


def test_padding_and_what_does_not_count_have_no_loss():
    learner = MelodyLearner(small())
    tunes = [to_tokens([Note(60 + n, 12) for n in range(notes)]) for notes in (3, 9, 5)]
    items = [{"tokens": torch.tensor(one), "length": len(one)} for one in tunes]
    alone = [learner.summed_loss(collate([item])) for item in items]
    counts = torch.tensor([1, 1, 0])
    summed, units = learner.summed_loss({**collate(items), "counts": counts})
    assert units == 7 + 19
    torch.testing.assert_close(summed, alone[0][0] + alone[1][0], rtol=1e-5, atol=0)
    assert float(alone[0][0].detach()) == pytest.approx(nats(learner.network, tunes[0]), rel=1e-4)


def test_counts_are_smoothed_as_witten_and_bell_do():
    model = NGram(2, tokens=4).learn([[0, 1, 2, 1, 2, 1, 3]])
    one = (3 + 3 / 4) / (6 + 3)  # three of the six tokens, of which there are three kinds
    assert model.probability([0, 1], 1) == pytest.approx((1 + 1 * one) / (1 + 1))
    assert NGram(1, 4).learn([[0, 1, 2, 1, 2, 1, 3]]).probability([3, 1], 1) == pytest.approx(one)
    for context in (0, 1, 2, 3):
        assert sum(model.probability([context, token], 1) for token in range(4)) == pytest.approx(1)
    assert model.nats([0, 1, 2], order=1) == NGram(1, 4).learn([[0, 1, 2, 1, 2, 1, 3]]).nats(
        [0, 1, 2]
    )
    assert NGram(3, 4).nats([0, 1, 2]) == pytest.approx(2 * math.log(4))  # it knows nothing
    with pytest.raises(ValueError, match="order=0 of an n-gram"):
        NGram(0, 4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"transpose": 13}, "task.transpose=13: 0 to 12"),
        ({"validation": 0.6, "test": 0.5}, "together below 1"),
        ({"longest": 3}, "task.longest=3: at least 4"),
    ],
)
def test_options_that_leave_nothing_to_learn_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        Melody(**{"transpose": 0, "validation": 0.1, "test": 0.1, "longest": 9, **options})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("melodies") / "run"
    with pytest.MonkeyPatch.context() as patch:
        Command(patch, folder)(*TINY)
    return folder


def test_a_training_on_tunes_goes_on_exactly_where_it_was_interrupted(run, tmp_path, monkeypatch):
    folder = tmp_path / "again"
    train = Command(monkeypatch, folder)
    validated = Learner.on_train_epoch_end

    def interrupted(self):
        validated(self)
        if self.current_epoch == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(Learner, "on_train_epoch_end", interrupted)
    with pytest.raises(SystemExit):
        train(*TINY)
    monkeypatch.setattr(Learner, "on_train_epoch_end", validated)
    tiny_run.resume(folder)
    assert tiny_run.curve(folder) == tiny_run.curve(run)


def composed(run, folder, *typed):
    options = [f"run={run}", f"output={folder}", "seconds=4", *typed]
    compose.main(tiny_run.config("compose", options, folder))
    return [(folder / name).read_bytes() for name in ("melody.mid", "melody.wav")]


def test_compose_writes_the_same_bytes_for_the_same_seed(run, tmp_path):
    first = composed(run, tmp_path / "a")
    assert composed(run, tmp_path / "b") == first
    other = composed(run, tmp_path / "c", "seed=1")
    assert first[0] != other[0] and first[1] != other[1]
    samples, rate = soundfile.read(tmp_path / "a/melody.wav")
    assert len(samples) == 4 * rate and 0.01 < np.sqrt(np.mean(samples**2)) < 0.1


def test_perplexities_are_those_of_the_written_table(run, tmp_path, capsys):
    composed(run, tmp_path, "perplexity=true")
    said = capsys.readouterr().out
    table = pd.read_csv(tmp_path / "perplexity.csv")
    tunes = load_tunes(run)
    assert {*table.tune} == {*tunes[tunes.split == "test"].id}
    for system, rows in table.groupby("system"):
        assert f"  {system}: {math.exp(rows.nats.sum() / rows.tokens.sum()):.2f}\n" in f"{said}\n"
    summed = table.groupby("system").nats.sum()
    assert summed["trigram"] < summed["unigram"] < rows.tokens.sum() * math.log(TOKENS)


def test_a_run_of_another_task_composes_nothing_and_a_composer_answers_nothing(run, tmp_path):
    save_config(tiny_run.config("train", [], tmp_path), tmp_path)
    with pytest.raises(ValueError, match="is a run of task=enhancement and composes nothing"):
        composer(tmp_path)
    with pytest.raises(
        ValueError, match=r"composes melodies, and enhances nothing; python compose"
    ):
        enhancers_of(run)
    cfg = tiny_run.config("train", ["task=melody"], tmp_path)
    with pytest.raises(ValueError, match="is a run of task=enhancement, and no answer to task=mel"):
        task_of(cfg).system(tmp_path, "cpu")


def test_an_evaluation_sets_a_run_beside_what_counts_on_tunes_that_it_has_not_heard(run, tmp_path):
    options = [f"runs=[{run}]", *tiny_run.TABLES_ALONE, "jobs=1", f"cache={tmp_path}"]
    evaluate.main(tiny_run.config("evaluate", options, tmp_path))
    scores = pd.read_csv(tmp_path / "scores.csv").set_index(["system", "mixture_id"]).perplexity
    tunes = load_tunes(run)
    test = tunes[tunes.split == "test"]
    assert {*scores["NextNoteLSTM"].index} == {*test.id}
    name, notes = test.id.iloc[0], test.notes.iloc[0]
    tokens = to_tokens(unwritten(notes))
    network = math.exp(nats(composer(run), tokens) / (len(tokens) - 1))
    assert scores["NextNoteLSTM", name] == pytest.approx(network, rel=1e-5)
    trigram = counted(tunes[tunes.split == "train"].notes, 0, 3).nats(tokens) / (len(tokens) - 1)
    assert scores["trigram", name] == pytest.approx(math.exp(trigram))
    text = (tmp_path / "report.md").read_text()
    assert f"On {len(test)} tunes of {test.family.nunique()} families, NextNoteLSTM reached" in text
    assert "| unigram " in text and "mixture" not in text
    with pytest.raises(ValueError, match="of the test were in its training"):
        evaluate.main(
            tiny_run.config(
                "evaluate", [*options, "experiment=melodies", "task.test=0.5"], tmp_path
            )
        )
