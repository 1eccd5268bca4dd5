"""A study: the file that the workers of a search share, with the results of its trials."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from files.lock import locked
from files.owner import is_owned
from options.extras import install

FILE, LOCK, OWNERS = "study.log", ".study.lock", ".trials"
NAME = "search"
SPACE = "space"  # the attribute of the study that holds its search space


def open_study(folder: Path, **options: Any) -> Any:
    """The study in `folder`, created if missing; options: for sampler and pruner.

    Raises ValueError if optuna is missing or the file is not a study.
    """
    optuna = quiet_optuna()
    from optuna.storages.journal import JournalFileBackend

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    try:
        storage = optuna.storages.JournalStorage(JournalFileBackend(str(path)))
        return optuna.create_study(storage=storage, study_name=NAME, load_if_exists=True, **options)
    except (ValueError, KeyError) as error:
        raise ValueError(
            f"{path}: holds no study that can be read ({error}); choose another output"
        ) from error


def quiet_optuna() -> Any:
    """The package, without its log messages."""
    try:
        import optuna
    except ImportError as error:
        raise ValueError(f"search=optuna: needs the extra 'search'; {install('search')}") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    return optuna


def require_same_space(study: Any, folder: Path, identity: Mapping[str, str]) -> None:
    """Raise ValueError if `study` has another search space or other fixed options."""
    with locked(folder / LOCK):
        before = study.user_attrs.get(SPACE)
        if before is None:
            study.set_user_attr(SPACE, dict(identity))
            return
    options = sorted(before.keys() | identity.keys())
    other = [option for option in options if before.get(option) != identity.get(option)]
    if other:
        raise ValueError(
            f"{folder}: holds a study of another search space: it differs in {', '.join(other)}; "
            "choose another output, or type what was searched there"
        )


def begun_trial(study: Any, folder: Path) -> Any | None:
    """A trial that was begun and has no worker, because the worker was killed; None if none."""
    from optuna.trial import Trial, TrialState

    for one in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if not is_owned(owner_folder(folder, one.number)):
            return Trial(study, one._trial_id)  # optuna has no public name for it
    return None


def loss_of_same(study: Any, trial: Any) -> float | None:
    """The value of another trial with the options of `trial`; None if there is none."""
    from optuna.trial import TrialState

    for one in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        if one.params == trial.params:
            return one.value
    return None


def owner_folder(folder: Path, number: int) -> Path:
    """The folder that the worker of the trial of this number owns."""
    return folder / OWNERS / str(number)


def trial_of(study: Any, number: int) -> Any:
    """The trial of this number, for reports from another process than the one that asked for it."""
    from optuna.trial import Trial

    return Trial(study, _frozen(study, number)._trial_id)


def reported(trial: Any) -> Mapping[int, float]:
    """The values that were reported of `trial`, by step."""
    return _frozen(trial.study, trial.number).intermediate_values


def _frozen(study: Any, number: int) -> Any:
    (found,) = (one for one in study.get_trials(deepcopy=False) if one.number == number)
    return found
