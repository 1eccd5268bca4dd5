"""What is put on the test: the unprocessed mixture, the oracle, baselines, and any number of runs."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from torch import Tensor

from datagen.plan import Plan
from dsp.stft import STFT
from files.fingerprint import of_contents
from models.baselines.oracle import oracle
from models.run import BEST, CONFIG, ancestors, load_run, run_config
from models.targets.target import Target
from reporting.scoring.leaks import refuse_leaks

MIXTURE, ORACLE = "mixture", "oracle"


class System(NamedTuple):
    """enhance: a batch to enhanced waveforms [batch, time]. made_of: plain values that decide what it gives."""

    enhance: Callable[[Mapping[str, Tensor]], Tensor]
    made_of: Any

    def __call__(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Enhance a batch."""
        return self.enhance(batch)


class Enhancing(Protocol):
    """What a baseline does."""

    def enhance(self, mixture: Tensor) -> Tensor:
        """[batch, time] -> [batch, time]."""


def open_systems(
    runs: Sequence[Path],
    plan: Plan,
    sample_rate: int,
    stft: STFT,
    target: Target,
    device: str,
    baselines: Mapping[str, Enhancing] | None = None,
    stages: bool = False,
    rates: Collection[int] = (),
) -> dict[str, System]:
    """Systems by name: each takes a batch and gives the enhanced waveforms [batch, time]; runs come last.

    Baselines and runs see the mixture alone. stages: every stage of a run is a system of its own too, "NAME, stage 1",
    before all runs. rates: of all trials; a run that was trained at another one of them is left to that one. Raises
    ValueError where two systems have one name, or a run was trained at a rate that is not tested, or on speakers or
    noises that the test keeps unheard.
    """
    stft = stft.to(device)
    systems: dict[str, System] = {
        MIXTURE: System(lambda batch: batch["mixture"], MIXTURE),
        ORACLE: System(
            lambda batch: oracle(batch["mixture"], batch["clean"], stft, target),
            [ORACLE, *_made_of(target), stft.sample_rate, stft.length, stft.hop],
        ),
    }
    baselines = baselines or {}
    systems |= {name: System(partial(_enhanced, one), _made_of(one)) for name, one in baselines.items()}
    if len(systems) < 2 + len(baselines):
        raise ValueError(f"baselines: {MIXTURE} and {ORACLE} are names of other systems; choose another name")
    opened = {}
    for name, run in zip(run_names(runs, systems), runs, strict=True):
        trained = run_config(run).sample_rate
        if trained != sample_rate and trained in rates:
            continue
        if trained != sample_rate:
            several = f"rates={sorted({*rates, sample_rate, trained})}".replace(" ", "")
            remedy = f"give {several}" if rates else f"add sample_rate={trained}, or {several} to test each at its own"
            raise ValueError(f"{run}: was trained at {trained} Hz, the test plan has {sample_rate} Hz; {remedy}")
        enhancer = load_run(run).to(device)
        for folder in (run, *ancestors(run)):
            refuse_leaks(folder, plan, run)
        content = of_contents([run / CONFIG, run / BEST])
        opened[name] = System(partial(_enhanced, enhancer), content)
        for stage in range(enhancer.network.stage_count if stages and enhancer.network.stage_count > 1 else 0):
            systems[stage_name(name, stage + 1)] = System(partial(_enhanced, enhancer, stage=stage), [content, stage])
    return systems | opened


def stage_name(run: str, stage: int) -> str:
    """What the output of a stage (from 1) of a run is called."""
    return f"{run}, stage {stage}"


def _made_of(thing: object) -> list:
    return [type(thing).__qualname__, {name: str(value) for name, value in vars(thing).items()}]


def _enhanced(enhancer: Enhancing, batch: Mapping[str, Tensor], **options: int) -> Tensor:
    return enhancer.enhance(batch["mixture"], **options)


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
