"""Commands whose work is done by Dask workers that know nothing of the project."""

import sys
import threading

import dask_cluster
import pytest
from corpora import RATE
from test_architecture import FLOOR, ROOT, ours
from test_render import tree

import command.cluster
import generate
from command.cluster import workers
from command.entry import start
from command.rendering import PACKAGES
from command.same_disk import require_same_disk
from datagen import draw_parts, draw_plan
from datagen.draw import Drawer
from datagen.render_plan import anywhere, render_plan
from datagen.storage.stored import storage


@pytest.mark.slow
def test_generate_on_a_cluster_draws_and_renders_what_it_makes_here(
    cluster, data_root, tmp_path, monkeypatch
):
    for module in (draw_plan, draw_parts):
        monkeypatch.setattr(module, "PART", 1)
    counts = ("plan.train=4", "plan.validation=2", "plan.test=8", "render=true", "jobs=1")
    for name, more in {"here": [], "there": [f"scheduler={cluster}"]}.items():
        folders = (f"output={tmp_path / name}", f"cache={tmp_path / name}_cache")
        if name == "there":  # workers draw
            monkeypatch.setattr(Drawer, "draw", lambda *_: pytest.fail("a row is drawn here"))
        typed = [*counts, *more, f"data_root={data_root}", *folders]
        monkeypatch.setattr(sys, "argv", ["generate.py", "experiment=librispeech", *typed])
        monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
        start(generate.main, "generate", alone=True)
    assert tree(tmp_path / "there") == tree(tmp_path / "here")


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_its_item_only(drawn, tmp_path):
    pytest.importorskip("distributed")
    plan, library = drawn
    render_plan(plan, library, tmp_path / "here", RATE)
    folder = tmp_path / "there"
    plan.save(folder)
    work = anywhere(storage("flac", folder, RATE), "flac")

    def require(client):
        require_same_disk(client, work, folder, [plan.speech.path[0]])

    with dask_cluster.running(tmp_path) as cluster:
        first = cluster.workers[0]

        def replace_worker():
            cluster.add_worker()
            first.kill()

        with workers(cluster.address, PACKAGES, require) as spread:
            threading.Timer(0.0, replace_worker).start()
            render_plan(plan, library, folder, RATE, spread=spread)
    assert tree(folder) == tree(tmp_path / "here")


@pytest.mark.slow
def test_a_scheduler_that_dies_under_way_ends_the_work_in_a_line(drawn, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(command.cluster, "ANSWER_S", 5)  # seconds until a lost connection is final
    plan, library = drawn
    with (
        dask_cluster.running(tmp_path) as cluster,
        workers(cluster.address, PACKAGES, lambda client: None) as spread,
    ):
        threading.Timer(0.0, cluster.scheduler.kill).start()
        with pytest.raises(OSError, match="the Dask scheduler is gone; start it and run the"):
            render_plan(plan, library, tmp_path / "there", RATE, spread=spread)


def test_a_machine_with_another_disk_is_known(tmp_path):
    from files.shared import lacking

    mark = tmp_path / "mark"
    assert lacking(str(mark), []) == f"the folder {tmp_path} of the machine that asks"
    mark.write_text(str(mark))
    assert lacking(str(mark), [str(tmp_path)]) == ""
    assert lacking(str(mark), [str(tmp_path / "no")]).startswith(str(tmp_path / "no"))


@pytest.mark.parametrize("packages", [("metrics",), ("datagen",), ("enhancing", "tasks")])
def test_a_worker_is_sent_whatever_the_code_that_it_needs_imports(packages):
    pytest.importorskip("distributed")
    from command.sent_code import with_imported

    sent = with_imported(packages)
    assert {*packages, "dsp", "text"} <= {*sent}
    for package in sent:
        for path in (ROOT / package).rglob("*.py"):
            assert {name for name in ours(path) if name in FLOOR} <= {*sent}, path
    assert not {*sent} & {"command", "reporting", "hydra_plugins"}
