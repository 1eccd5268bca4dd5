"""A sweep through SLURM itself, where one answers: it is no stand-in."""

import shutil
import subprocess

import pandas as pd
import pytest
import tiny_run

from command.sweep_table import SWEEP

pytest.importorskip("submitit", reason="the extra 'sweep' is not installed")


@pytest.fixture(scope="module")
def slurm() -> None:
    """Skips where there is no SLURM, or none that runs a job at once."""
    if not shutil.which("sbatch"):
        pytest.skip("there is no SLURM here (no sbatch)")
    try:
        subprocess.run(
            ["srun", "--immediate=20", "--time=1", "true"],
            check=True,
            capture_output=True,
            timeout=40,
        )
    except (OSError, subprocess.SubprocessError):
        pytest.skip("the SLURM here runs no job at once")


@pytest.mark.slow
def test_a_sweep_with_a_bad_run_comes_to_its_end_and_typed_again_leaves_what_is_whole(
    slurm, data, tmp_path
):
    folder = tmp_path / "sweep"
    typed = [
        "-m",
        *tiny_run.overrides(data, folder),
        "network.hidden=-1,4",
        "trainer.max_epochs=1",
        "hydra/launcher=submitit_slurm",
        "hydra.launcher.mem_gb=2",
    ]

    def swept() -> str:
        process = tiny_run.script("train", *typed, stderr=subprocess.PIPE)
        _, said = process.communicate(timeout=600)
        assert process.returncode == 1
        return said

    said = swept()
    assert "network.hidden=-1: must be a multiple of 4" in said
    assert said.splitlines()[-1].startswith("train.py: 1 job(s) of the sweep failed")
    table = pd.read_csv(folder / SWEEP)
    states = dict(zip(table["network.hidden"], table.state, strict=True))
    assert states == {-1: "failed", 4: "trained"}
    before = (folder / table.run[1] / "curve.csv").stat()
    swept()
    assert (folder / table.run[1] / "curve.csv").stat().st_mtime_ns == before.st_mtime_ns
