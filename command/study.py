"""A study: the file that several workers of one search share, and what its trials have come to."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from files.lock import locked
from files.owner import is_owned

FILE, LOCK, OWNERS = "study.log", ".study.lock", ".trials"
NAME = "search"
SPACE = "space"  # what the study searches, among what it says of itself
EXTRA = "search=optuna: needs the extra 'search'; pip install -e '.[search]'"


def open_study(folder: Path, **options: Any) -> Any:
    """The study in `folder`, begun where there is none; options: sampler and pruner.

    Raises ValueError where optuna is missing or the file is no study.
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
    """The package, without words of its own."""
    try:
        import optuna
    except ImportError as error:
        raise ValueError(EXTRA) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    return optuna


def require_same_space(study: Any, folder: Path, identity: Mapping[str, str]) -> None:
    """Raise ValueError where `study` searches another space, or with other options beside it."""
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
    """A trial that was begun and that nobody works on, as of a worker that was killed."""
    from optuna.trial import Trial, TrialState

    for one in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if not is_owned(owner_folder(folder, one.number)):
            return Trial(study, one._trial_id)  # there is no public name for a number's trial
    return None


def loss_of_same(study: Any, trial: Any) -> float | None:
    """What another trial with the options of `trial` has come to; None where there is none."""
    from optuna.trial import TrialState

    for one in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        if one.params == trial.params:
            return one.value
    return None


def owner_folder(folder: Path, number: int) -> Path:
    """What is owned by whoever works on the trial of that number."""
    return folder / OWNERS / str(number)


def trial_of(study: Any, number: int) -> Any:
    """The trial of that number, to be told of from another process than the one that asked."""
    from optuna.trial import Trial

    return Trial(study, _frozen(study, number)._trial_id)


def reported(trial: Any) -> Mapping[int, float]:
    """What was told of `trial`, by step."""
    return _frozen(trial.study, trial.number).intermediate_values


def _frozen(study: Any, number: int) -> Any:
    (found,) = (one for one in study.get_trials(deepcopy=False) if one.number == number)
    return found
