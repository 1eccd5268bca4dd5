"""What cannot be trained or resumed is refused in one line, and leaves what stood as it was."""

import shutil
import subprocess

import pytest
from tiny_run import curve, fit, overrides, rendered, resume, script

from models.run import BEST
from safety.atomic import write_atomic


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["network.stages=7"], "network.stages=7: .*recipe.stage_gains_db.7="),
        (["+network.depth=3"], "depth"),
        (["recipe.optimizer.lr=-1"], "learning rate"),
        (["trainer.accelerator=tpu"], "torch_xla"),
        (["trainer.devices=0"], "devices"),
        (["data=rendered", "data.folder=nowhere"], "nowhere: holds no plan"),
        (["data_root=nowhere"], "nowhere"),
        (["target.power=2"], "target.power=2"),
        (["start_from=nowhere"], "nowhere: not a training run"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(data, tmp_path, typed, told):
    with pytest.raises((ValueError, OSError), match=f"(?i){told}") as caught:
        fit(data, tmp_path / "run", *typed)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run" / BEST).exists()


def test_a_script_that_fails_says_so_in_one_line(data, tmp_path):
    typed = overrides(data, tmp_path / "run", "network.stages=7")
    process = script("train", *typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, told = process.communicate()
    assert process.returncode == 1 and out == ""
    assert told.startswith("train.py: network.stages=7: ") and told.count("\n") == 1


def test_weights_of_another_network_are_refused(data, whole, tmp_path):
    with pytest.raises(ValueError, match=f"{whole}/.*: weights of another network than CRNN") as caught:
        fit(data, tmp_path / "run", f"start_from={whole}", "network.hidden=6")
    assert "\n" not in str(caught.value) and not (tmp_path / "run").exists()


def test_a_folder_that_is_no_run_is_not_resumed(tmp_path):
    with pytest.raises(FileNotFoundError, match="not a training run") as caught:
        resume(tmp_path)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_training_does_not_replace_another(data, whole):
    before = curve(whole)
    with pytest.raises(ValueError, match=f"output={whole}: holds a training; .*resume={whole}"):
        fit(data, whole, "seed=5")
    assert curve(whole) == before and "seed: 0" in (whole / ".hydra" / "config.yaml").read_text()


@pytest.mark.parametrize("typed", ["network.hidden=8", "seed=1", "+plan.new=1", "data.batch_size=4"])
def test_other_options_are_refused_when_resuming(whole, typed):
    with pytest.raises(ValueError, match=r"cannot be given; only trainer\., data\.workers, data\.cache") as caught:
        resume(whole, typed)
    assert typed.lstrip("+") in str(caught.value) and "\n" not in str(caught.value)


def test_fewer_epochs_than_were_trained_are_refused_in_one_line(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    with pytest.raises(ValueError, match="max_epochs=1") as caught:
        resume(run, "trainer.max_epochs=1")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("node", "name"),
    [("network", "os.system"), ("trainer", "subprocess.Popen"), ("target", "models.targets.tms.softplus")],
)
def test_a_run_whose_config_would_build_something_else_is_refused(whole, tmp_path, node, name):
    run = shutil.copytree(whole, tmp_path / "run")
    path = run / ".hydra" / "config.yaml"
    head, _, tail = path.read_text().partition(f"{node}:\n  _target_: ")
    write_atomic(path, f"{head}{node}:\n  _target_: {name}\n{tail.split(chr(10), 1)[1]}")
    with pytest.raises(ValueError, match=f"_target_='{name}'") as caught:
        resume(run)
    assert "\n" not in str(caught.value)


def test_a_file_that_breaks_during_training_is_named_in_one_line(data, tmp_path):
    typed = rendered(data, tmp_path)
    broken = sorted((tmp_path / "train" / "clean").iterdir())[1]
    broken.write_bytes(b"no longer audio")
    for workers in (0, 1):
        with pytest.raises(ValueError, match=broken.name) as caught:
            fit(data, tmp_path / "run", *typed, f"data.workers={workers}")
        assert "\n" not in str(caught.value) and "Traceback" not in str(caught.value)


def test_a_plan_without_validation_is_refused(data, tmp_path):
    typed = rendered(data, tmp_path, "plan.validation=0")
    with pytest.raises(ValueError, match=r"plan\.validation=0"):
        fit(data, tmp_path / "run", *typed)


def test_mixtures_of_another_rate_are_refused(data, tmp_path):
    typed = rendered(data, tmp_path)
    with pytest.raises(ValueError, match="8000 Hz, not 16000") as caught:
        fit(data, tmp_path / "run", *typed, "sample_rate=16000")
    assert "\n" not in str(caught.value)
