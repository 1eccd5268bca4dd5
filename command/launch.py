"""How the processes of a training were started: how many, by whom, and which of them this one is."""

import os
import uuid
from typing import NamedTuple

import pytorch_lightning as pl

JOB = "CLARION_JOB"  # handed on to the processes that a training starts itself


class Launcher(NamedTuple):
    """What started this process beside others. processes: how many in all."""

    name: str
    processes: int
    remedy: str


def job() -> str:
    """Names the job: the same for all processes of one training, another for any other."""
    environment = os.environ
    if "SLURM_STEP_ID" in environment:
        parts = ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT")
    elif "TORCHELASTIC_RUN_ID" in environment:
        parts = ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RESTART_COUNT")
    else:
        return environment.setdefault(JOB, uuid.uuid4().hex)
    return " ".join(environment.get(part, "") for part in parts)


def launcher() -> Launcher | None:
    """What started this process together with others, or is expected to have; None where nothing did."""
    environment = os.environ
    if "TORCHELASTIC_RUN_ID" in environment:
        started = int(environment.get("WORLD_SIZE", "1"))
        return Launcher("torchrun", started, "start so many with torchrun --nproc_per_node={wanted}")
    if "SLURM_NTASKS" in environment and environment.get("SLURM_JOB_NAME") not in ("bash", "interactive"):
        in_a_step = "SLURM_STEP_ID" in environment
        started = int(environment.get("SLURM_STEP_NUM_TASKS", environment["SLURM_NTASKS"])) if in_a_step else 1
        return Launcher("SLURM", started, "ask for #SBATCH --ntasks-per-node={devices} and put srun before python")
    return None


def require_processes(trainer: pl.Trainer) -> None:
    """Raise ValueError where other than one process per device of `trainer` was started from outside."""
    by, wanted = launcher(), trainer.num_devices * trainer.num_nodes
    if by is None or by.processes == wanted:
        return
    remedy = by.remedy.format(wanted=wanted, devices=trainer.num_devices)
    one = "" if wanted == 1 else ", or train on one device with trainer.devices=1"
    if wanted == 1:
        remedy = f"start one process, or add trainer=ddp trainer.devices={by.processes} for so many devices"
    raise ValueError(
        f"trainer.devices={trainer.num_devices}, trainer.num_nodes={trainer.num_nodes}: a training of {wanted} "
        f"process(es), but {by.name} started {by.processes}; {remedy}{one}"
    )
