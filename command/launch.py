"""How the processes of a training were started: how many, by whom, and which one this is."""

import os
import uuid
from typing import NamedTuple

import pytorch_lightning as pl

JOB = "CLARION_JOB"  # handed on to the processes that a training starts itself
# What tells jobs of these launchers apart.
OF_SLURM = ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT")
OF_TORCHRUN = (
    "TORCHELASTIC_RUN_ID",
    "MASTER_ADDR",
    "MASTER_PORT",
    "TORCHELASTIC_RESTART_COUNT",
)


class Launcher(NamedTuple):
    """What started this process beside others. processes: how many in all."""

    name: str
    processes: int
    remedy: str


def job() -> str:
    """Names the job: the same for all processes of one training, another for any other."""
    environment = os.environ
    if "SLURM_STEP_ID" in environment:
        variables = OF_SLURM
    elif "TORCHELASTIC_RUN_ID" in environment:
        variables = OF_TORCHRUN
    else:
        return environment.setdefault(JOB, uuid.uuid4().hex)
    return " ".join(environment.get(variable, "") for variable in variables)


def launcher() -> Launcher | None:
    """What started this process together with others, or is expected to have.

    None where nothing did.
    """
    environment = os.environ
    if "TORCHELASTIC_RUN_ID" in environment:
        started = int(environment.get("WORLD_SIZE", "1"))
        remedy = "start so many with torchrun --nproc_per_node={wanted}"
        return Launcher("torchrun", started, remedy)
    interactive = environment.get("SLURM_JOB_NAME") in ("bash", "interactive")
    if "SLURM_NTASKS" in environment and not interactive:
        remedy = "ask for #SBATCH --ntasks-per-node={devices} and put srun before python"
        return Launcher("SLURM", _tasks_of_slurm(), remedy)
    return None


def _tasks_of_slurm() -> int:
    """How many processes SLURM has started: outside of a step it is the batch script alone."""
    environment = os.environ
    if "SLURM_STEP_ID" not in environment:
        return 1
    of_the_job = environment["SLURM_NTASKS"]
    return int(environment.get("SLURM_STEP_NUM_TASKS", of_the_job))


def require_processes(trainer: pl.Trainer) -> None:
    """Raise ValueError where processes were started from outside, but not one for every device."""
    started_by = launcher()
    devices = trainer.num_devices
    nodes = trainer.num_nodes
    wanted = devices * nodes
    if started_by is None or started_by.processes == wanted:
        return
    if wanted == 1:
        more_devices = f"add trainer=ddp trainer.devices={started_by.processes} for so many devices"
        remedy = f"start one process, or {more_devices}"
    else:
        remedy = started_by.remedy.format(wanted=wanted, devices=devices)
        remedy = f"{remedy}, or train on one device with trainer.devices=1"
    raise ValueError(
        f"trainer.devices={devices}, trainer.num_nodes={nodes}: a training of {wanted} "
        f"process(es), but {started_by.name} started {started_by.processes}; {remedy}"
    )
