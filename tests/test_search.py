"""search=optuna: what is asked and told, and that a study goes on, is shared, and stays its own."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import forked
import pandas as pd
import pytest
import tiny_run
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from command import searching, sweep
from command.search_space import space_of
from command.sweep_table import SWEEP
from metrics.si_sdr import SISDR
from models.run import load_run, run_config
from tasks.task import task_of

optuna = pytest.importorskip("optuna", reason="the extra 'search' is not installed")
from optuna.distributions import (  # noqa: E402 - once it is known to be there
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from command.study import NAME, begun_trial, open_study, owner_folder  # noqa: E402
from command.trial_score import kept_score  # noqa: E402

LR = "recipe.optimizer.lr=tag(log,interval(1e-4,1e-2))"


def space(*arguments: str):
    return space_of(OverridesParser.create(), arguments)


@pytest.mark.parametrize(
    ("typed", "distribution"),
    [
        (LR, FloatDistribution(1e-4, 1e-2, log=True)),
        ("x=interval(0,2)", FloatDistribution(0, 2)),
        ("x=int(interval(2,8))", IntDistribution(2, 8)),
        ("x=range(1,8,3)", IntDistribution(1, 7, step=3)),
        ("x=a,[1,2]", CategoricalDistribution(["a", "[1,2]"])),
        ("+x=choice(1.5,y)", CategoricalDistribution(["1.5", "y"])),
    ],
)
def test_a_range_is_typed_as_hydra_has_it(typed, distribution):
    option = typed.partition("=")[0]
    assert space(typed, "seed=1").ranges == {option: distribution}


def test_what_is_not_searched_is_the_same_for_all_trials_and_the_later_word_holds():
    found = space("network=crnn,pl_crnn", "seed=1,2", "seed=3")
    assert found.fixed == ["seed=3"]
    assert found.overrides({"network": "crnn"}) == ["seed=3", "network=crnn"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("seed=1", "nothing is searched; give a range or choices"),
        ("x=tag(log,interval(0,1))", r"x=tag\(log,interval\(0,1\)\): "),
        ("x=interval(2,1)", r"x=interval\(2,1\): "),
    ],
)
def test_a_space_that_cannot_be_searched_is_refused_in_a_line(typed, said):
    with pytest.raises(ValueError, match=said) as caught:
        space(typed)
    assert "\n" not in str(caught.value)


class Trained:
    """Launches nothing: each job's loss is its number of hidden units; 13 fails.

    dies: ends this process, so to say, at its first job.
    """

    def __init__(self, folder: Path, dies: bool = False):
        self.folder = folder
        self.dies = dies
        self.hidden: list[int] = []

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> None:
        for overrides in job_overrides:
            hidden = int(dict(item.split("=", 1) for item in overrides)["network.hidden"])
            self.hidden.append(hidden)
            if self.dies:
                raise KeyboardInterrupt
            if hidden == 13:
                sweep.note_failed("13")
            run = self.folder / str(hidden)
            run.mkdir(exist_ok=True)
            (run / "curve.csv").write_text(f"epoch,validation_loss\n0,{hidden}\n1,{hidden + 1}\n")


@pytest.fixture
def studied(tmp_path, monkeypatch):
    """A search whose trainings take no time: (what is typed, trials, whether it dies) -> hidden."""
    monkeypatch.setattr(sweep, "_FAILED", [])

    def jobs_of(context, config, job_overrides, first):
        names = [dict(one.split("=", 1) for one in job)["network.hidden"] for job in job_overrides]
        return [SimpleNamespace(name=name, folder=tmp_path / name) for name in names]

    monkeypatch.setattr(searching, "jobs_of", jobs_of)
    states = {"13": "failed"}
    monkeypatch.setattr(searching, "state_in", lambda folder, name: states.get(name, "trained"))

    def study(*typed: str, trials: int = 4, dies: bool = False, at_once: int = 1) -> list[int]:
        options = {"trials": trials, "at_once": at_once, "startup_trials": 2, "prune": True}
        node = {
            "seed": 0,
            "search": {**options, "warmup_epochs": 0, "trial": None},
            "hydra": {"sweep": {"dir": str(tmp_path)}},
        }
        launcher = Trained(tmp_path, dies)
        context = SimpleNamespace(config_loader=None)
        try:
            searching.search(context, OmegaConf.create(node), launcher, typed)
        except KeyboardInterrupt:
            assert dies
        return launcher.hidden

    return study


HIDDEN = "network.hidden=int(interval(1,64))"


def test_a_study_goes_on_where_a_worker_ended_with_the_trials_of_one_that_did_not(
    studied, tmp_path, capsys
):
    (begun,) = studied(HIDDEN, dies=True)
    first = studied(HIDDEN, trials=3)
    assert first[0] == begun and len(first) == 3  # the trial that was cut short, then two more
    rest = studied(HIDDEN, trials=5)
    assert len(rest) == 2 and studied(HIDDEN, trials=5) == []
    said = capsys.readouterr().out.splitlines()[-1]
    best = min(*first, *rest)
    assert said == f"5 trials; best validation loss {best}: network.hidden={best}"
    assert [trial.value for trial in open_study(tmp_path).trials] == [*first, *rest]


def test_what_is_drawn_follows_from_the_seed_and_the_trials_so_far(studied, tmp_path):
    study = open_study(tmp_path / "other")
    seeds = [searching.sampler_seed(0, number) for number in range(2)]
    drawn = []
    for seed in seeds:
        study.sampler = optuna.samplers.TPESampler(n_startup_trials=2, seed=seed)
        drawn.append(study.ask({"network.hidden": IntDistribution(1, 64)}).params["network.hidden"])
    assert studied(HIDDEN, trials=2) == drawn


def test_a_study_of_another_space_or_with_other_options_is_refused_naming_them(studied):
    studied("seed=1", HIDDEN, trials=1)
    for typed in (
        ("seed=1", "network.hidden=int(interval(1,65))"),
        ("seed=2", HIDDEN),
        (HIDDEN,),
    ):
        other = "seed" if typed[-1] == HIDDEN else "network.hidden"
        with pytest.raises(ValueError, match=f"another search space: it differs in {other}; "):
            studied(*typed)
    assert studied("seed=1", HIDDEN, "data_root=/moved", trials=1) == []


def test_a_trial_that_fails_ends_no_other_is_counted_and_is_drawn_for_again(studied, capsys):
    with pytest.raises(ValueError, match=r"1 trial\(s\) failed, see above"):
        studied("network.hidden=13,13", trials=1)
    assert capsys.readouterr().out == "1 trials, 1 failed: none has come to its end\n"


def test_a_space_of_few_choices_is_trained_once_each(studied, tmp_path):
    trained = studied("network.hidden=3,5", trials=12)
    assert sorted(trained) == [3, 5]
    values = {
        (trial.params["network.hidden"], trial.value) for trial in open_study(tmp_path).trials
    }
    assert values == {("3", 3.0), ("5", 5.0)}


def test_a_trial_that_somebody_works_on_is_left_to_him(studied, tmp_path):
    from files.owner import owned

    studied(HIDDEN, dies=True)
    study = open_study(tmp_path)
    with owned(owner_folder(tmp_path, 0)):
        assert begun_trial(study, tmp_path) is None
        assert len(studied(HIDDEN, trials=3, at_once=2)) == 2
    assert begun_trial(study, tmp_path).number == 0


def test_trials_are_compared_by_a_score_where_one_is_named(data, command, capfd):
    """Of two trials; the greater one is the best."""
    options = ("search=optuna", "search.score=si_sdr", "search.trials=2", "trainer.max_epochs=1")
    searched = "recipe.optimizer.lr=1e-5,0.01"
    typed = [*tiny_run.overrides(data, command.folder), *options, searched]
    command(*typed)
    trials = open_study(command.folder).trials
    scores = {}
    for trial in trials:
        scores[trial.number] = kept_score(command.folder / f"trial-{trial.number:04d}", "si_sdr")
        assert trial.value == -scores[trial.number]
    best = trials[max(scores, key=scores.get)]
    said = capfd.readouterr().out.splitlines()[-1]
    rate = best.params["recipe.optimizer.lr"]
    assert said == f"2 trials; best si_sdr {-best.value:.4g}: recipe.optimizer.lr={rate}"
    assert "it differs in search.score; " in command.refused(*typed, "search.score=sdr")
    run = command.folder / f"trial-{best.number:04d}"
    assert si_sdr_on_validation(run) == pytest.approx(-best.value, abs=1e-6)


def si_sdr_on_validation(run: Path) -> float:
    """The mean, by way of the batches that the training of `run` was validated on."""
    cfg, enhancer = run_config(run), load_run(run)
    scores = []
    for batch in task_of(cfg).batches(cfg, lambda *tables: None).val_dataloader():
        for mixture, clean, length in zip(
            batch["mixture"], batch["clean"], batch["length"], strict=True
        ):
            enhanced = enhancer.enhance(mixture[None, :length])[0]
            scores.append(SISDR()(clean[:length].numpy(), enhanced.numpy(), tiny_run.RATE))
    return sum(scores) / len(scores)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("search.score=loudness", "search.score=loudness: is none of accuracy, "),
        ("search.score=wer", "search.score=wer: is no score of what task=enhancement gives"),
    ],
)
def test_a_score_that_cannot_be_had_is_refused_before_a_trial_is_trained(
    data, command, capfd, typed, said
):
    options = ("search=optuna", "search.trials=1", typed, "recipe.optimizer.lr=1e-5,0.01")
    line = command.refused(*tiny_run.overrides(data, command.folder), *options)
    assert said in line + capfd.readouterr().err
    assert not list(command.folder.glob("trial-*/curve.csv"))


@pytest.mark.slow
def test_two_workers_share_a_study(data, tmp_path):
    """Two processes at once: each trial is trained once, by one of them."""
    options = ("search=optuna", "search.trials=4", "recipe.optimizer.lr=interval(1e-4,1e-2)")
    typed = [*tiny_run.overrides(data, tmp_path / "study"), *options]
    workers = [forked.Script("train", tmp_path / f"told-{one}", typed) for one in range(2)]
    assert [worker.wait() for worker in workers] == [0, 0]
    said = [line for worker in workers for line in worker.told.read_text().splitlines()]
    begun = [line.split(":")[0] for line in said if line.startswith("Trial ")]
    assert sorted(begun) == [f"Trial {number}" for number in range(4)]
    study = open_study(tmp_path / "study")
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 4
    assert pd.read_csv(tmp_path / "study" / SWEEP).state.tolist() == ["trained"] * 4


def test_without_the_extra_that_is_said_with_what_to_type(studied, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ValueError, match=r"search=optuna: needs the extra 'search'; pip install"):
        studied(HIDDEN)


def test_a_file_that_is_no_study_is_refused(tmp_path):
    (tmp_path / "study.log").write_text("no journal\n")
    with pytest.raises(ValueError, match=r"study\.log: holds no study that can be read"):
        open_study(tmp_path)


def test_a_training_tells_its_losses_is_pruned_by_them_and_stands_so_in_the_table(
    data, command, capfd
):
    """One trial that nobody can beat is in the study; of the next one an epoch is trained."""
    study = open_study(command.folder)
    rates = FloatDistribution(1e-4, 1e-2)
    study.add_trial(
        optuna.trial.create_trial(
            params={"recipe.optimizer.lr": 5e-3},
            distributions={"recipe.optimizer.lr": rates},
            value=0.01,
            intermediate_values={1: 0.01, 2: 0.01, 3: 0.01},
        )
    )
    range_of_rates = "recipe.optimizer.lr=interval(1e-4,1e-2)"
    options = ("search.trials=2", "search.startup_trials=1", "search.warmup_epochs=0")
    command(*tiny_run.overrides(data, command.folder), "search=optuna", *options, range_of_rates)
    out, _ = capfd.readouterr()
    assert "pruned after epoch 1 of 3: other trials did better by then" in out
    assert out.splitlines()[-1].startswith("2 trials, 1 pruned; best validation loss 0.01: ")
    table = pd.read_csv(command.folder / SWEEP)
    curve = pd.read_csv(command.folder / table.run[0] / "curve.csv")
    assert table.state.tolist() == ["pruned"] and len(curve) == 1
    pruned = optuna.load_study(study_name=NAME, storage=study._storage).trials[1]
    assert pruned.state == optuna.trial.TrialState.PRUNED
    assert pruned.intermediate_values == {1: pytest.approx(curve.validation_loss[0])}
