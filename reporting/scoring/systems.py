"""What is put on the test: the unprocessed mixture, the oracle, baselines, any number of runs."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from datagen.plan import Plan
from models.layouts import ancestors
from models.mixed_back import MixedBack
from models.recognition.trained import RecognitionRun
from models.run import run_config
from models.system import KNOWING, Enhancing, OfRun, SpeechSystem, System
from models.trained import TrainedRun
from reporting.scores_table import mixed_back_name
from reporting.scoring.leaks import refuse_leaks, seen_noise
from reporting.scoring.memory import Memory

Systems = dict[str, System]  # by the names that they have in a report, in its order


def untrained(beside: Systems, baselines: Mapping[str, Enhancing]) -> Systems:
    """What a task sets beside its runs, and baselines.

    Raises ValueError where a baseline takes the name of one of the others, or of one that knows the
    answer.
    """
    for name in (*beside, *KNOWING):
        if name in baselines:
            raise ValueError(f"baselines.{name}: is the name of another system; choose another")
    return {**beside, **baselines}


def trained(
    runs: Mapping[str, Path],
    opened: Callable[[Path], System],
    stages: bool = False,
    memory: Memory | None = None,
) -> Systems:
    """Runs by name; before all of them with `stages` every stage of theirs, as "NAME, stage 1".

    opened: makes a system of a run. The stage that a run makes audible is the run, and no system
    beside it. After a recogniser, what it hears in clean speech, as "NAME, clean". Networks are
    built here, so that a broken one is refused, but for those that `memory` has run before. Raises
    what `opened` does where one is no run, or is damaged.
    """
    loaded = {name: opened(run) for name, run in runs.items()}
    for run in loaded.values():
        if isinstance(run, TrainedRun) and not (memory and memory.has_run(run)):
            run.enhancer.eval()
    outputs: Systems = {}
    if stages:
        for name, run in loaded.items():
            for output in run.stages() if isinstance(run, TrainedRun) else ():
                outputs[f"{name}, stage {output.stage}"] = output
    for name, run in loaded.items():
        outputs[name] = run
        if isinstance(run, RecognitionRun):
            outputs[f"{name}, clean"] = run.of_clean()
    return outputs


def mixed_back(systems: Mapping[str, System], shares: Sequence[float]) -> Systems:
    """Those of `systems` that enhance, with each of `shares` of the mixture added back.

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
    """Names of the systems that are a stage of a run, by its folder, from the first stage on.

    Of runs whose stages are put on the test.
    """
    by_folder = defaultdict(dict)
    for name, system in systems.items():
        if isinstance(system, TrainedRun):
            by_folder[system.folder][name] = system
    ordered = {}
    for folder, outputs in by_folder.items():
        if len(outputs) < 2:
            continue  # nor opened, to know which of its stages is heard
        named = {system.heard: name for name, system in outputs.items()}
        stages = sorted(stage for stage in named if stage is not None)
        if len(stages) > 1:
            ordered[folder] = [named[stage] for stage in stages]
    return ordered


def of_rate(
    runs: Mapping[str, Path], sample_rate: int, rates: Collection[int] = ()
) -> dict[str, Path]:
    """Those of `runs` that were trained at `sample_rate`.

    Those of another one of `rates` are tested at that. Raises ValueError for a run of a rate that
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


def refuse_heard(systems: Mapping[str, System], plan: Plan) -> list[str]:
    """Raise ValueError where a run was trained on what the test keeps unheard.

    So it is where a run was that its weights come from. Returns a sentence for every run to which
    some of the noise is new that the test calls seen.
    """
    notes = []
    for name, system in systems.items():
        if isinstance(system, OfRun) and system.stage is None:
            notes.append(new_noise(name, system.folder, plan))
    return [note for note in notes if note]


def new_noise(name: str, run: Path, plan: Plan) -> str:
    """How much of the noise that the test calls seen no training of `run` has heard, if any.

    name: of the run. Raises ValueError where one of them has heard what the test consists of.
    """
    new = [refuse_leaks(folder, plan, run) for folder in (run, *ancestors(run))]
    never = len(set.intersection(*new))
    if not never:
        return ""
    called_seen = seen_noise(plan).source.nunique()
    return f"{name} has never heard {never} of the {called_seen} noises that this test calls seen."
