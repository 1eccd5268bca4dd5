"""The systems of a test: the unprocessed mixture, the oracle, baselines and runs."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from datagen.plan import Plan
from metrics.metric import Metric
from models.layouts import ancestors
from models.mixed_back import MixedBack
from models.run import run_config
from models.system import Enhancing, OfRun, SpeechSystem, System
from models.system_names import KNOWING
from reporting.scores_table import mixed_back_name
from reporting.scoring.audio_of_test import seen_noise
from reporting.scoring.leaks import LeakCheck, LeakError
from reporting.scoring.memory import Memory

Systems = dict[str, System]  # by their names in a report, in its order


def untrained(beside: Systems, baselines: Mapping[str, Enhancing]) -> Systems:
    """The systems that a task shows beside its runs, and baselines.

    Raises ValueError if a baseline has the name of another system, or of a system that knows the
    reference.
    """
    for name in (*beside, *KNOWING):
        if name in baselines:
            raise ValueError(f"baselines.{name}: is the name of another system; choose another")
    return {**beside, **baselines}


def trained(
    runs: Mapping[str, Path],
    opened: Callable[[Path], OfRun],
    stages: bool = False,
    memory: Memory | None = None,
) -> Systems:
    """Runs by name; with `stages` every stage of a run comes before it, as "NAME, stage 1".

    opened: makes a system of a run. The stage that is a run's output is the run itself. A run is
    followed by its variants, as "NAME, clean" of a recogniser. Networks are built here, so that a
    broken network is refused, except networks that `memory` has run before. Raises the errors of
    `opened` for a folder that is not a run, or is damaged.
    """
    loaded = {name: opened(run) for name, run in runs.items()}
    for run in loaded.values():
        if not (memory and memory.has_run(run)):
            run.require_network()
    outputs: Systems = {}
    if stages:
        for name, run in loaded.items():
            for output in run.stages():
                outputs[f"{name}, stage {output.stage}"] = output
    for name, run in loaded.items():
        outputs[name] = run
        for end, variant in run.variants().items():
            outputs[f"{name}, {end}"] = variant
    return outputs


def mixed_back(systems: Mapping[str, System], shares: Sequence[float]) -> Systems:
    """The enhancing `systems`, with each of `shares` of the mixture added back.

    After each, as "NAME, 0.2 of the mixture"; a share of 0 is the system itself.
    """
    mixed: Systems = {}
    for name, system in systems.items():
        mixed[name] = system
        for share in shares if isinstance(system, SpeechSystem) else ():
            if share:
                mixed[mixed_back_name(name, share)] = MixedBack(system, share)
    return mixed


def stage_outputs(systems: Mapping[str, System]) -> dict[Path, list[str]]:
    """Names of the systems that are stages of a run, by its folder, from the first stage on.

    Only for runs whose stages are tested.
    """
    by_folder = defaultdict(dict)
    for name, system in systems.items():
        if isinstance(system, OfRun):
            by_folder[system.folder][name] = system
    ordered = {}
    for folder, outputs in by_folder.items():
        if len(outputs) < 2:
            continue  # not opened to find the stage that is its output
        named = {system.output_stage: name for name, system in outputs.items()}
        stages = sorted(stage for stage in named if stage is not None)
        if len(stages) > 1:
            ordered[folder] = [named[stage] for stage in stages]
    return ordered


def of_rate(
    runs: Mapping[str, Path], sample_rate: int, rates: Collection[int] = ()
) -> dict[str, Path]:
    """The `runs` that were trained at `sample_rate`.

    Runs of another rate in `rates` are tested at that rate. Raises ValueError for a run whose rate
    is not tested.
    """
    tested = {}
    for name, run in runs.items():
        rate = run_config(run).sample_rate
        if rate == sample_rate:
            tested[name] = run
        elif rate not in rates:
            raise ValueError(f"{run}: {_at_another_rate(rate, sample_rate, rates)}")
    return tested


def _at_another_rate(rate: int, sample_rate: int, rates: Collection[int]) -> str:
    all_rates = sorted({*rates, sample_rate, rate})
    option = f"rates={all_rates}".replace(" ", "")
    remedy = f"give {option}"
    if not rates:
        remedy = f"add sample_rate={rate}, or {option} to test each at its own"
    return f"was trained at {rate} Hz, the test plan has {sample_rate} Hz; {remedy}"


def refuse_trained_on_test(systems: Mapping[str, System], plan: Plan) -> list[str]:
    """Raise ValueError if a run was trained on a part of the test that must be unseen.

    The same holds for a run from which its weights come. Returns a sentence for every run that did
    not train on some of the noise that the test calls seen.
    """
    notes = []
    check = LeakCheck(plan)
    for name, system in systems.items():
        if isinstance(system, OfRun) and system.stage is None:
            notes.append(new_noise(name, system.folder, check))
    return [note for note in notes if note]


def heard_by_recognisers(metrics: Mapping[str, Metric], plan: Plan) -> list[str]:
    """A note for every recogniser of `metrics` that was trained on a part of the test.

    Its metrics still compare systems, but their error rates are too low for new speech. Raises
    ValueError where the tables of a recogniser's training are damaged.
    """
    using: dict[Path, list[str]] = {}
    for name, metric in metrics.items():
        if metric.recognise is not None and metric.recognise.folder is not None:
            using.setdefault(metric.recognise.folder, []).append(name)
    notes = []
    check = LeakCheck(plan)
    for folder, names in using.items():
        told = ", ".join(names)
        try:
            new_noise(told, folder, check)
        except LeakError as error:
            notes.append(f"{told}: the recogniser knows a part of this test. {error}.")
    return notes


def new_noise(name: str, run: Path, check: LeakCheck) -> str:
    """The share of the test's seen noise that no training of `run` has used, as text; "" if none.

    name: of the run. check: of the test. Raises ValueError if a training used a part of the test.
    """
    new = [check.new_sources(folder, run) for folder in (run, *ancestors(run))]
    never = len(set.intersection(*new))
    if not never:
        return ""
    called_seen = seen_noise(check.plan).source.nunique()
    return (
        f"{name} was not trained on {never} of the {called_seen} noises that this test calls seen."
    )
