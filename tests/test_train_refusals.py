"""What cannot be trained or resumed is refused in one line, and leaves what stood as it was."""

import shutil

import forked
import pytest
import torch
from tiny_run import curve, equal_runs, fit, overrides, rendered, resume

from files.atomic import write_atomic
from files.owner import owned
from models.layouts import BEST, LAST
from models.run import load_run


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["network.stages=7"], "network.stages=7: .*recipe.stage_gains_db.7="),
        (["+network.depth=3"], "depth"),
        (["recipe.optimizer.lr=-1"], "learning rate"),
        (["trainer.accelerator=tpu"], "torch_xla"),
        (["trainer.devices=0"], "devices"),
        (["trainer.accelerator=gpu"], "gpu.*trainer=cpu"),
        (["trainer.precision=16-true"], "trainer.precision='16-true'"),
        (["trainer.precision=transformer-engine"], "trainer.precision='transformer-engine'"),
        (["trainer.precision=16-mixed"], "precision='16-mixed': .*bf16-mixed"),
        (["+trainer.strategy=fsdp"], "trainer.strategy='fsdp'"),
        (["+trainer.fast_dev_run=true"], "fast_dev_run=True: .*recipe=brief"),
        (["+trainer.fast_dev_run=2"], "fast_dev_run=2"),
        (["+trainer.limit_val_batches=0"], "trainer.limit_val_batches"),
        (["+trainer.limit_train_batches=0"], "trainer.limit_train_batches"),
        (["+trainer.max_steps=5"], "max_steps=5: .*trainer.max_epochs"),
        (["+trainer.overfit_batches=1"], "overfit_batches=1"),
        (["+trainer.val_check_interval=0.5"], "val_check_interval=0.5"),
        (["+trainer.val_check_interval=1"], "val_check_interval=1:"),
        (["trainer.check_val_every_n_epoch=4"], "check_val_every_n_epoch=4.*max_epochs=3"),
        (["trainer.check_val_every_n_epoch=null"], "trainer.check_val_every_n_epoch"),
        (["trainer.max_time=soon"], "trainer.max_time='soon'"),
        (["+trainer.default_root_dir=x"], "default_root_dir: is set by train.py"),
        (["+trainer.callbacks=[]"], "callbacks: is set by train.py"),
        (["+trainer.enable_checkpointing=false"], "enable_checkpointing: is set by train.py"),
        (["+trainer.no_such_option=1"], "no_such_option"),
        (["data=rendered", "data.folder=nowhere"], "nowhere: holds no plan"),
        (["data_root=nowhere"], "nowhere"),
        (["target.power=2"], "target.power=2"),
        (["task.attenuation_limit_db=0"], "attenuation_limit_db=0: must be above 0; null is no"),
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
    training = forked.Script("train", tmp_path / "told", typed)
    assert training.wait() == 1
    begun, line = training.told.read_text().splitlines()
    assert begun.startswith("Trains task=enhancement network=pl_crnn ")
    assert line.startswith("train.py: network.stages=7: ")


def test_weights_of_another_network_are_refused(data, whole, tmp_path):
    with pytest.raises(
        ValueError, match=f"{whole}/.*: weights of another network than CRNN"
    ) as caught:
        fit(data, tmp_path / "run", f"start_from={whole}", "network.hidden=12")
    assert "\n" not in str(caught.value) and not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", [LAST, BEST])
def test_a_checkpoint_with_changed_bytes_is_neither_resumed_nor_loaded(whole, tmp_path, name):
    run = shutil.copytree(whole, tmp_path / "run")
    content = bytearray((run / name).read_bytes())
    middle = len(content) // 2  # weights, or the optimiser's memory of them
    content[middle : middle + 16] = bytes(byte ^ 0x55 for byte in content[middle : middle + 16])
    (run / name).write_bytes(content)
    if name == LAST:
        (run / BEST).unlink()  # from which it would go on
    with pytest.raises(ValueError, match=f"{run / name}: is damaged ") as caught:
        resume(run, "trainer.max_epochs=4") if name == LAST else load_run(run)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_network_is_not_resumed(data, whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    other = fit(data, tmp_path / "other", "network.hidden=12", "trainer.max_epochs=1")
    shutil.copy(other / LAST, run / LAST)
    with pytest.raises(
        ValueError, match=f"{run / LAST}: weights of another network than CRNN"
    ) as caught:
        resume(run, "trainer.max_epochs=4")
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_weights_alone_is_not_resumed(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    content = torch.load(run / LAST, weights_only=True)
    for name in (LAST, BEST):
        torch.save({"state_dict": content["state_dict"]}, run / name)
    with pytest.raises(ValueError, match="holds no training to go on with, it has no callbacks"):
        resume(run, "trainer.max_epochs=4")


def test_a_run_folder_at_work_is_not_trained_in_by_another(data, whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    with owned(run), pytest.raises(ValueError, match="another process works there"):
        resume(run, "trainer.max_epochs=4")
    with owned(tmp_path / "new"), pytest.raises(ValueError, match="another process works there"):
        fit(data, tmp_path / "new")
    assert equal_runs(run, whole) and not (tmp_path / "new").exists()


def test_a_folder_that_is_no_run_is_not_resumed(tmp_path):
    with pytest.raises(FileNotFoundError, match="not a training run") as caught:
        resume(tmp_path)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_training_does_not_replace_another(data, whole):
    before = curve(whole)
    with pytest.raises(ValueError, match=f"output={whole}: holds a training; .*resume={whole}"):
        fit(data, whole, "seed=5")
    assert curve(whole) == before and "seed: 0" in (whole / ".hydra" / "config.yaml").read_text()


@pytest.mark.parametrize(
    "typed", ["network.hidden=8", "seed=1", "+plan.new=1", "data.batch_size=4"]
)
def test_other_options_are_refused_when_resuming(whole, typed):
    with pytest.raises(
        ValueError, match=r"cannot be given; only .*data\.workers, trainer, .* may change"
    ) as caught:
        resume(whole, typed)
    assert typed.lstrip("+") in str(caught.value) and "\n" not in str(caught.value)


def test_fewer_epochs_than_were_trained_are_refused_in_one_line(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    with pytest.raises(ValueError, match="max_epochs=1") as caught:
        resume(run, "trainer.max_epochs=1")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("network", "os.system"),
        ("trainer", "subprocess.Popen"),
        ("target", "models.targets.tms.softplus"),
    ],
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
