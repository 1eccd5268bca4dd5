"""What is put on the test: the unprocessed mixture, the oracle, baselines, and any number of runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from datagen.plan import Plan
from models.baselines.oracle import Oracle
from models.baselines.unprocessed import Unprocessed
from models.run import ancestors, run_config
from models.system import Enhancing, System
from models.trained import TrainedRun
from reporting.scores_table import MIXTURE, ORACLE
from reporting.scoring.leaks import refuse_leaks

Systems = dict[str, System]  # by the names that they have in a report, in its order


def untrained(oracle: Oracle, baselines: Mapping[str, Enhancing]) -> Systems:
    """Mixture, oracle and baselines; ValueError where a baseline takes the name of one of the two."""
    if {MIXTURE, ORACLE} & baselines.keys():
        raise ValueError(
            f"baselines: {MIXTURE} and {ORACLE} are names of other systems; choose another name"
        )
    return {MIXTURE: Unprocessed(oracle.stft.sample_rate), ORACLE: oracle, **baselines}


def trained(runs: Mapping[str, Path], device: str, stages: bool = False) -> Systems:
    """Runs by name; before all of them with `stages` every stage of theirs, as "NAME, stage 1" and so on.

    Raises FileNotFoundError or ValueError where one is no run, or is damaged.
    """
    loaded = {name: TrainedRun.load(run, device) for name, run in runs.items()}
    outputs: Systems = {}
    if stages:
        for name, run in loaded.items():
            outputs |= {f"{name}, stage {output.stage}": output for output in run.stages()}
    return outputs | loaded


def stage_outputs(systems: Mapping[str, System]) -> dict[Path, list[str]]:
    """Names of the systems that are a stage of a run, from the first stage on, by the folder of the run."""
    outputs = defaultdict(list)
    for name, system in systems.items():
        if isinstance(system, TrainedRun) and system.stage is not None:
            outputs[system.folder].append(name)
    return dict(outputs)


def of_rate(
    runs: Mapping[str, Path], sample_rate: int, rates: Collection[int] = ()
) -> dict[str, Path]:
    """Those of `runs` that were trained at `sample_rate`; those of another one of `rates` are tested at that.

    Raises ValueError for a run of a rate that is not tested.
    """
    trained_at = {name: run_config(run).sample_rate for name, run in runs.items()}
    for name, rate in trained_at.items():
        if rate not in (sample_rate, *rates):
            raise ValueError(f"{runs[name]}: {_at_another_rate(rate, sample_rate, rates)}")
    return {name: run for name, run in runs.items() if trained_at[name] == sample_rate}


def _at_another_rate(rate: int, sample_rate: int, rates: Collection[int]) -> str:
    several = f"rates={sorted({*rates, sample_rate, rate})}".replace(" ", "")
    remedy = (
        f"give {several}"
        if rates
        else f"add sample_rate={rate}, or {several} to test each at its own"
    )
    return f"was trained at {rate} Hz, the test plan has {sample_rate} Hz; {remedy}"


def refuse_heard(systems: Mapping[str, System], plan: Plan) -> None:
    """Raise ValueError where a run, or one that its weights come from, was trained on what the test keeps unheard."""
    runs = {system.folder: None for system in systems.values() if isinstance(system, TrainedRun)}
    for run in runs:  # in order, each once
        for folder in (run, *ancestors(run)):
            refuse_leaks(folder, plan, run)


def run_names(runs: Sequence[Path], taken: Iterable[str]) -> list[str]:
    """What runs are called beside systems whose names are `taken`: folder names, with parents where they are alike."""
    paths = [run.resolve() for run in runs]
    if len(set(paths)) < len(paths):
        raise ValueError(f"runs={[str(run) for run in runs]}: names one run twice; give each once")
    for depth in range(1, max((len(path.parts) for path in paths), default=1) + 1):
        names = ["/".join(path.parts[-depth:]) for path in paths]
        if len({*taken, *names}) == len(names) + len(set(taken)):
            return names
    raise ValueError(f"runs: {', '.join(taken)} are names of other systems; rename the run")
