"""A published run that is damaged or lacks a part is refused in a line; nothing in it is executed."""

import shutil

import pytest
import torch
from damages import DAMAGES, SILENT, damage, refused
from publishing import opened
from safetensors.torch import save_file

from datagen.plan import load_plan
from files.fingerprint import of_contents
from models.run import load_run
from reporting.tables.runs import read_run


@pytest.mark.parametrize("kind", ["empty", "garbled", "cut", "pickle"])
def test_damaged_weights_are_named_in_a_line_and_nothing_in_them_is_executed(
    copied, kind, tmp_path
):
    path = copied / "weights.safetensors"
    whole = path.read_bytes()
    contents = {"empty": b"", "garbled": whole[::-1], "cut": whole[:-9]}
    if kind == "pickle":
        torch.save({"state_dict": {}}, path)
    else:
        path.write_bytes(contents[kind])
    refused(lambda: load_run(copied), f"{path}: ", "its checksum is not that in SHA256SUMS")
    (copied / "SHA256SUMS").unlink()
    refused(lambda: load_run(copied), f"{path}: not weights of safetensors (", "publish the run")


def test_weights_that_changed_by_a_bit_are_seen_by_their_checksum(copied):
    path = copied / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    refused(lambda: load_run(copied), f"{path}: is cut short or has changed")


def test_foreign_weights_and_those_of_another_config_or_network_are_refused(copied):
    path = copied / "weights.safetensors"
    (copied / "SHA256SUMS").unlink()
    config_path = copied / "config.yaml"
    kept = config_path.read_text()
    config_path.write_text(kept.replace("hidden: 36", "hidden: 72"))
    refused(lambda: load_run(copied), f"{path}: weights of another config than config.yaml")
    save_file({"a": torch.zeros(1)}, path)
    refused(lambda: load_run(copied), f"{path}: weights of another config")
    config_path.write_text(kept)
    save_file({"a": torch.zeros(1)}, path, {"config": of_contents([config_path])})
    refused(lambda: load_run(copied), f"{path}: weights of another network than CRNN")


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("config.yaml", "copied: not a training run, it has no config.yaml"),
        ("weights.safetensors", "weights.safetensors: no such file; publish the run again"),
    ],
)
def test_a_folder_that_lacks_a_part_is_named_in_a_line(copied, missing, told):
    (copied / missing).unlink()
    refused(lambda: load_run(copied), told)


@pytest.mark.parametrize("name", ["speech.csv", "noise.csv"])
def test_what_lacks_its_tables_or_has_damaged_ones_is_not_put_on_the_test(
    copied, published, report, name
):
    plan = load_plan(report)
    for kind in ("empty", "cut at the end of a row", "of semicolons"):
        damage(copied / name, kind)
        refused(lambda: opened(copied, plan), f"{copied / name}: ", "publish the run again")
        shutil.copy(published / name, copied / name)
    (copied / name).unlink()
    refused(lambda: opened(copied, plan), f"{name}: no such file", "publish the run again")


def test_a_damaged_curve_is_named(copied, tmp_path):
    for kind in DAMAGES.keys() - {*SILENT, "with a row twice"}:
        before = (copied / "curve.csv").read_bytes()
        damage(copied / "curve.csv", kind)
        refused(lambda: read_run(copied, tmp_path), f"{copied / 'curve.csv'}: ", "publish the run")
        (copied / "curve.csv").write_bytes(before)
