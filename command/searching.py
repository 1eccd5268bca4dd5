"""A search: asks optuna for options, launches trainings with them, and reports the results."""

import random
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf
from pydantic import ValidationError

from command.check import explained
from command.jobs import Job, jobs_of
from command.pruning import median_pruner
from command.search_schema import SearchConfig
from command.search_space import Space, space_of
from command.study import (
    LOCK,
    begun_trial,
    loss_of_same,
    open_study,
    owner_folder,
    quiet_optuna,
    require_same_space,
)
from command.sweep import failed, take_failed
from command.sweep_table import INTERRUPTED, PRUNED, WHOLE, best_loss, state_in
from command.trial_score import kept_score, require_known, sign_of
from files.lock import locked
from files.owner import owned


def search(
    context: HydraContext, config: DictConfig, launcher: Launcher, arguments: Sequence[str]
) -> None:
    """Launch trials until the study in the output folder is complete, and print the best trial.

    Raises ValueError if the study has another space, or if trials of this process failed.
    """
    quiet_optuna()
    _require_valid(config.search)
    space = space_of(OverridesParser.create(config_loader=context.config_loader), arguments)
    folder = Path(config.hydra.sweep.dir).absolute()
    worker = Worker(context, config, launcher, space, folder)
    require_same_space(worker.study, folder, worker.identity())
    while worker.work():
        pass
    print(worker.summary())
    take_failed()  # reported here
    if worker.failed:
        raise ValueError(
            f"{worker.failed} trial(s) failed, see above; the same command draws others in their "
            "place"
        )


def sampler_seed(seed: int, number: int) -> int:
    """The seed of the trial of this number; workers that share a study draw different options."""
    return random.Random(f"{seed} {number}").getrandbits(31)


def _require_valid(options: DictConfig) -> None:
    try:
        SearchConfig.model_validate(OmegaConf.to_container(options, resolve=True))
    except ValidationError as error:
        raise ValueError(explained(error, "search")) from None
    require_known(options.get("score"))


class Worker:
    """A worker of a study."""

    def __init__(
        self,
        context: HydraContext,
        config: DictConfig,
        launcher: Launcher,
        space: Space,
        folder: Path,
    ):
        self.context = context
        self.config = config
        self.launcher = launcher
        self.space = space
        self.folder = folder
        self.options = config.search
        self.score = config.search.get("score")
        self.study = open_study(folder, pruner=median_pruner(self.options))
        self.launched = 0
        self.failed = 0

    def identity(self) -> dict[str, str]:
        """The values that must not change when the study is continued."""
        compared_by = {} if self.score is None else {"search.score": self.score}
        return {**self.space.identity(), **compared_by}

    def work(self) -> bool:
        """Launch some trials and report their results; False if no trials are left."""
        with ExitStack() as owners:
            trials = self._taken(owners)
            if not trials:
                return False
            for trial in trials:
                print(f"\nTrial {trial.number}: {_chosen(trial)}", file=sys.stderr, flush=True)
            overrides = [self._overrides(trial) for trial in trials]
            jobs = jobs_of(self.context, self.config, overrides, self.launched)
            self.launcher.launch(overrides, initial_job_idx=self.launched)
            self.launched += len(trials)
            for trial, job in zip(trials, jobs, strict=True):
                self._tell(trial, job)
        return True

    def _overrides(self, trial: Any) -> list[str]:
        """The overrides of a trial; trials with the same options have different folders."""
        number = trial.number
        its_own = [f"search.trial={number}", f"hydra.sweep.subdir=trial-{number:04d}"]
        return [*self.space.overrides(trial.params), *its_own]

    def _taken(self, owners: ExitStack) -> list[Any]:
        """Trials for this worker alone: first those whose worker was killed, then new ones."""
        trials = []
        while len(trials) < self.options.at_once:
            with locked(self.folder / LOCK):
                trial = begun_trial(self.study, self.folder)
                if trial is None and self._left():
                    trial = self._asked()
                if trial is None:
                    break
                known = loss_of_same(self.study, trial)
                if known is not None:
                    self.study.tell(trial.number, known)
                    continue
                owners.enter_context(owned(owner_folder(self.folder, trial.number)))
            trials.append(trial)
        return trials

    def _left(self) -> bool:
        """Whether the study lacks trials; trials that failed in this process are not repeated."""
        from optuna.trial import TrialState

        ended = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)
        there = len(self.study.get_trials(deepcopy=False, states=ended))
        return there + self.failed < self.options.trials

    def _asked(self) -> Any:
        """A new trial; its options follow from the seed and from the earlier trials."""
        from optuna.samplers import TPESampler

        number = len(self.study.get_trials(deepcopy=False))
        seed = sampler_seed(self.config.seed, number)
        self.study.sampler = TPESampler(n_startup_trials=self.options.startup_trials, seed=seed)
        return self.study.ask(dict(self.space.ranges))

    def _tell(self, trial: Any, job: Job) -> None:
        from optuna.trial import TrialState

        state = state_in(self.folder, job.name)
        value = best_loss(job.folder)
        if self.score is not None:
            value = kept_score(job.folder, self.score)
        ended_by_itself = state in (WHOLE, INTERRUPTED) and job.name not in failed()
        if ended_by_itself and value is not None:  # an end by trainer.max_time counts, too
            self.study.tell(trial.number, value * sign_of(self.score))
        elif state == PRUNED:
            self.study.tell(trial.number, state=TrialState.PRUNED)
        else:
            self.failed += 1
            self.study.tell(trial.number, state=TrialState.FAIL)

    def summary(self) -> str:
        """The best trial, and the number of trials."""
        from optuna.trial import TrialState

        trials = self.study.get_trials(deepcopy=False)
        states = [trial.state for trial in trials]
        counts = [f"{len(trials)} trials"]
        for state, word in (
            (TrialState.PRUNED, "pruned"),
            (TrialState.FAIL, "failed"),
            (TrialState.RUNNING, "running elsewhere"),
        ):
            if state in states:
                counts.append(f"{states.count(state)} {word}")
        counted = ", ".join(counts)
        if TrialState.COMPLETE not in states:
            return f"{counted}: none has come to its end"
        best = self.study.best_trial
        value = best.value * sign_of(self.score)
        return f"{counted}; best {self.score or 'validation loss'} {value:.4g}: {_chosen(best)}"


def _chosen(trial: Any) -> str:
    return " ".join(f"{option}={value}" for option, value in trial.params.items())
