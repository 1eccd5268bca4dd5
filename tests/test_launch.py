"""As many processes as devices.

A training that would run with others, or wait for them for ever, is refused.
"""

from types import SimpleNamespace

import pytest

from command.launch import job, launcher, require_processes, require_tasks_per_node

SLURM = {"SLURM_NTASKS": "2", "SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "train"}
STEP = {**SLURM, "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"}
TORCHRUN = {
    "TORCHELASTIC_RUN_ID": "none",
    "WORLD_SIZE": "2",
    "MASTER_ADDR": "here",
    "MASTER_PORT": "29500",
}


@pytest.fixture
def environment(monkeypatch):
    """Sets these variables, and no other that tells of a launcher."""

    def environment(variables):
        for name in (*STEP, *TORCHRUN, "SLURM_NTASKS_PER_NODE", "CLARION_JOB"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return environment


def trainer(devices, nodes=1):
    return SimpleNamespace(num_devices=devices, num_nodes=nodes)


@pytest.mark.parametrize(
    ("variables", "devices"),
    [({}, 1), ({}, 2), (STEP, 2), (TORCHRUN, 2), ({**SLURM, "SLURM_JOB_NAME": "bash"}, 2)],
)
def test_one_process_for_each_device_is_taken(environment, variables, devices):
    environment(variables)
    require_processes(trainer(devices))


def test_a_lone_process_in_a_job_of_several_tasks_trains_on_one_device(environment):
    environment(SLURM)
    require_processes(trainer(1))


@pytest.mark.parametrize(
    ("variables", "devices", "remedy"),
    [
        ({**SLURM, "SLURM_NTASKS": "1"}, 2, "--ntasks-per-node=2 and put srun before python"),
        (SLURM, 2, "put srun before python"),
        (STEP, 1, "add trainer=ddp trainer.devices=2"),
        ({**STEP, "SLURM_STEP_NUM_TASKS": "4"}, 2, "--ntasks-per-node=2"),
        (TORCHRUN, 1, "add trainer=ddp trainer.devices=2"),
        (TORCHRUN, 4, "--nproc_per_node=4"),
    ],
)
def test_more_or_fewer_processes_than_devices_are_refused_with_a_remedy(
    environment, variables, devices, remedy
):
    environment(variables)
    with pytest.raises(ValueError, match=f"trainer.devices={devices}.*{remedy}") as caught:
        require_processes(trainer(devices))
    assert launcher().name in str(caught.value) and "\n" not in str(caught.value)


def test_tasks_without_their_number_per_node_are_refused_with_a_remedy(environment):
    for variables in ({}, TORCHRUN, {**SLURM, "SLURM_NTASKS": "1"}, {**SLURM, **TORCHRUN}):
        environment(variables)
        require_tasks_per_node()
    environment({**STEP, "SLURM_NTASKS_PER_NODE": "2"})
    require_tasks_per_node()
    for variables in (SLURM, STEP):
        environment(variables)
        with pytest.raises(ValueError, match=r"SLURM has 2 tasks.* --ntasks-per-node=N, put srun"):
            require_tasks_per_node()


def test_processes_of_one_job_know_it_by_one_name_and_other_jobs_by_others(environment):
    names = set()
    for variables in (
        STEP,
        {**STEP, "SLURM_STEP_ID": "1"},
        {**STEP, "SLURM_JOB_ID": "8"},
        TORCHRUN,
        {},
    ):
        environment(variables)
        assert job() == job()
        names.add(job())
    environment({})
    assert len(names | {job()}) == 6
