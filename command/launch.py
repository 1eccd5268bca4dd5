"""How the processes of a training were started: their number, launcher, and this one's name."""

import os
import uuid
from typing import NamedTuple

import pytorch_lightning as pl

SLURM = "SLURM"
JOB = "CLARION_JOB"  # passed to the processes that a training starts
# The variables that identify a job of each launcher.
OF_SLURM = ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT")
OF_TORCHRUN = (
    "TORCHELASTIC_RUN_ID",
    "MASTER_ADDR",
    "MASTER_PORT",
    "TORCHELASTIC_RESTART_COUNT",
)


class Launcher(NamedTuple):
    """The launcher of this process. processes: their number in all."""

    name: str
    processes: int
    remedy: str


def job() -> str:
    """A name of the job: the same for all processes of a training, and unique to it."""
    environment = os.environ
    if "SLURM_STEP_ID" in environment:
        variables = OF_SLURM
    elif "TORCHELASTIC_RUN_ID" in environment:
        variables = OF_TORCHRUN
    else:
        return environment.setdefault(JOB, uuid.uuid4().hex)
    return " ".join(environment.get(variable, "") for variable in variables)


def launcher() -> Launcher | None:
    """The launcher that started, or was expected to start, this process together with others.

    None if there is no launcher.
    """
    environment = os.environ
    if "TORCHELASTIC_RUN_ID" in environment:
        started = int(environment.get("WORLD_SIZE", "1"))
        remedy = "start so many with torchrun --nproc_per_node={wanted}"
        return Launcher("torchrun", started, remedy)
    interactive = environment.get("SLURM_JOB_NAME") in ("bash", "interactive")
    if "SLURM_NTASKS" in environment and not interactive:
        remedy = "ask for #SBATCH --ntasks-per-node={devices} and put srun before python"
        return Launcher(SLURM, _tasks_of_slurm(), remedy)
    return None


def _tasks_of_slurm() -> int:
    """The number of processes that SLURM has started: outside of a step only the batch script."""
    environment = os.environ
    if "SLURM_STEP_ID" not in environment:
        return 1
    of_the_job = environment["SLURM_NTASKS"]
    return int(environment.get("SLURM_STEP_NUM_TASKS", of_the_job))


def require_tasks_per_node() -> None:
    """Raise ValueError for several tasks of SLURM without their number per node.

    Lightning refuses them for any trainer.
    """
    started_by = launcher()
    if started_by is None or started_by.name != SLURM or "SLURM_NTASKS_PER_NODE" in os.environ:
        return
    tasks = int(os.environ["SLURM_NTASKS"])
    if tasks == 1:
        return
    raise ValueError(
        f"SLURM has {tasks} tasks, and their number per node is not stated; for one device ask for "
        "--ntasks=1; for several ask for --ntasks-per-node=N, put srun before python, and add "
        "trainer=ddp trainer.devices=N"
    )


def require_processes(trainer: pl.Trainer) -> None:
    """Raise ValueError if a launcher started a number of processes other than the devices."""
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
