"""All routes from a plan to a batch give the same samples."""

from functools import partial

import numpy as np
import pytest
import soundfile
import torch
from corpora import COUNTS, RATE, pcm, rendered
from torch.utils.data import DataLoader

from datagen.batches import collate
from datagen.datamodule import PlanData
from datagen.dataset import Mixed, Rendered, Unmixed
from datagen.pool import pooled
from datagen.render_plan import render_plan
from datagen.resident import Resident
from datagen.storage.storage import PARTS


def by_loader(dataset, workers: int, size: int = 4) -> list[dict]:
    """Items of a data set as they leave batches made in `workers` processes and finished on the device."""
    items = []
    for batch in DataLoader(dataset, size, collate_fn=collate, num_workers=workers):
        batch = dataset.on_device(batch)
        for index, length in enumerate(batch["length"]):
            assert not batch["mixture"][index, length:].any()
            items.append({part: batch[part][index, :length] for part in PARTS})
    return items


@pytest.mark.parametrize("kind", ["drawn", "varied"])
def test_all_routes_give_the_same_samples(kind, request, tmp_path):
    plan, library = request.getfixturevalue(kind)
    render_plan(plan, library, tmp_path / "out", RATE)
    pool = pooled(plan.speech, plan.noise, RATE, tmp_path)
    routes = {
        "worker": (Mixed(plan.rows, library), (0, 1, 2)),
        "device": (Unmixed(plan.rows, library), (0, 2)),
        "pooled worker": (Mixed(plan.rows, pool), (0, 2)),
        "pooled device": (Unmixed(plan.rows, pool), (0,)),
        "resident": (Resident(plan.rows, pool), (0, 2)),
        "disk": (Rendered(plan.rows, str(tmp_path / "out"), RATE), (0, 2)),
    }
    expected = [
        {part: rendered(tmp_path / "out", row, part) for part in PARTS}
        for row in plan.rows.itertuples()
    ]
    for dataset, workers in routes.values():
        for count in workers:
            items = by_loader(dataset, count)
            assert len(items) == len(expected)
            for item, reference in zip(items, expected, strict=True):
                for part in PARTS:
                    assert torch.equal(
                        item[part] * 32768, torch.from_numpy(reference[part]).float()
                    )


@pytest.mark.parametrize("route", [Mixed, Unmixed])
def test_the_data_module_serves_every_row_once(drawn, route):
    plan, library = drawn
    data = PlanData(plan, partial(route, library=library), 16000, batch_size=2, max_padding=0.5)
    for loader, split in (
        (data.train_dataloader(), "train"),
        (data.val_dataloader(), "validation"),
    ):
        batches = [data.on_after_batch_transfer(batch, 0) for batch in loader]
        assert sorted(n for batch in batches for n in batch["length"].tolist()) == sorted(
            plan.split(split).length
        )
        assert all(
            torch.equal(batch["mixture"], batch["clean"] + batch["noise"]) for batch in batches
        )


def test_a_folder_without_all_its_audio_or_of_another_rate_is_refused(drawn, tmp_path):
    plan, library = drawn
    render_plan(plan, library, tmp_path, RATE)
    with pytest.raises(ValueError, match="rendered at 16000 Hz, not 8000; set sample_rate=16000"):
        Rendered(plan.split("train"), str(tmp_path), 8000)
    path = tmp_path / "train" / "clean" / "train-000001.flac"
    path.unlink()
    with pytest.raises(
        FileNotFoundError, match=r"train-000001\.\w+: not rendered; run generate\.py"
    ):
        Rendered(plan.split("train"), str(tmp_path), RATE)
    assert len(Rendered(plan.split("validation"), str(tmp_path), RATE)) == COUNTS["validation"]


def test_a_second_format_begun_in_the_folder_hides_nothing(drawn, tmp_path):
    plan, library = drawn
    render_plan(plan, library, tmp_path, RATE, "flac")
    soundfile.write(tmp_path / "train" / "mixture" / "train-000000.wav", pcm(np.zeros(9)), RATE)
    assert len(Rendered(plan.rows, str(tmp_path), RATE)[0]["mixture"]) == plan.rows.length[0]


def test_what_lies_on_the_device_is_sent_as_a_few_numbers(drawn, tmp_path):
    plan, library = drawn
    pool = pooled(plan.speech, plan.noise, RATE, tmp_path)
    data = {
        route: PlanData(
            plan, partial(route, library=pool), sample_rate=RATE, batch_size=4, max_padding=0.5
        )
        for route in (Mixed, Resident)
    }
    loaders = [module.train_dataloader() for module in data.values()]
    for sent, places in zip(*loaders, strict=True):
        assert sum(tensor.nbytes for tensor in places.values()) < 1000
        there = data[Resident].on_after_batch_transfer(places, 0)
        assert all(torch.equal(sent[name], there[name]) for name in sent)
    with pytest.raises(ValueError, match=r"data=resident needs data\.cache=pool"):
        Resident(plan.rows, library)


def test_rows_that_places_do_not_tell_are_cut_by_workers_and_that_is_said(varied, tmp_path, caplog):
    plan, _ = varied
    pool = pooled(plan.speech, plan.noise, RATE, tmp_path)
    assert "clean" in Resident(plan.split("train"), pool)[0]
    assert "rows of train have filters, bands or several noises" in caplog.text
    assert "speech_at" in Resident(plan.split("test"), pool)[0]
