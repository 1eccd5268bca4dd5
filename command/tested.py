"""The scores of a published run, from a report."""

from pathlib import Path

from omegaconf import DictConfig

from datagen.plan import fingerprint, load_plan
from datagen.tables import ROWS
from models.layouts import CONFIG
from options.config_file import parsed_config
from reporting.pages.card import Scores
from reporting.scoring.leaks import LeakCheck
from reporting.scoring.systems import new_noise
from reporting.tables.evaluated import AGAIN, read_evaluated
from reporting.tables.runs import Run


def read_scores(folder: Path, run: Run) -> Scores:
    """The scores of `run` in the report in `folder`.

    Raises FileNotFoundError or ValueError, in one line, if there is no report, it is damaged, or it
    tested another run or other weights.
    """
    config = _config(folder)
    if config.get("split", "test") != "test":  # older reports have only this split
        raise ValueError(
            f"{folder}: a report on the validation, which has chosen the run's best epoch; "
            "give one of evaluate.py split=test"
        )
    evaluated = read_evaluated(folder, run.weights, run.folder)
    plan = load_plan(_plan_folder(folder, run.config.sample_rate))
    rows = plan.split("test")
    speakers = evaluated.scores.speaker.nunique()
    tested = f"{len(rows)} mixtures of {speakers} speakers, plan {fingerprint(rows)}"
    note = new_noise(evaluated.system, run.folder, LeakCheck(plan))
    cautions = [config.get("caution") or "", note]
    return Scores(
        evaluated,
        test=f"{evaluated.system} on {tested}; means over the mixtures.",
        caution=" ".join(cautions).strip(),
    )


def _config(folder: Path) -> DictConfig:
    path = folder / CONFIG
    if not path.exists():
        raise FileNotFoundError(
            f"{folder}: not a report, it has no {CONFIG}; give a folder that evaluate.py wrote"
        )
    return parsed_config(path, path.read_bytes(), AGAIN)


def _plan_folder(folder: Path, sample_rate: int) -> Path:
    """The folder of a report's test plan at this rate; the first plan has no subfolder."""
    of_rate = folder / str(sample_rate)
    return of_rate if (of_rate / ROWS).exists() else folder
