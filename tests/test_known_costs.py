"""What a network costs is measured once, and latency and causality are told with it."""

import pytest
import tiny_run

from models import known_costs
from models.known_costs import known_costs as told

TINY = ("sample_rate=8000", "network.channels=[2,2,2,2,4]")


@pytest.fixture
def measured(monkeypatch):
    """The networks that are timed; none is."""
    timed = []
    monkeypatch.setattr("models.cost.seconds_per_second", lambda *_: timed.append(1) or 0.5)
    return timed


def config(*typed):
    return tiny_run.config("train", [*TINY, *typed], tiny_run.ROOT)


@pytest.mark.parametrize(
    ("typed", "latency_ms", "causal"),
    [
        (["network=crnn", "network.hidden=4"], 20.0, "yes"),
        (["network=crnn", "network.hidden=4", "stft.window_s=0.03"], 30.0, "yes"),
        (["network=unet", "network.frames=32"], 20.0 + 32 * 10.0, "no"),
    ],
)
def test_the_latency_is_a_window_and_what_a_network_looks_ahead(
    measured, tmp_path, typed, latency_ms, causal
):
    costs = told(config(*typed), tmp_path)
    assert (costs["latency_ms"], costs["causal"]) == (latency_ms, causal)


def test_a_network_is_measured_once_whatever_it_was_trained_for(measured, tmp_path):
    said = []
    for target in ("iam", "tms", "iam"):
        cfg = config("network=crnn", "network.hidden=4", f"target={target}", "recipe=brief")
        costs = told(cfg, tmp_path, said.append)
        assert costs["cpu_seconds_per_second"] == 0.5
    assert len(measured) == 1 and said == ["Measures what CRNN costs"]
    told(config("network=crnn", "network.hidden=8"), tmp_path, said.append)
    told(config("network=crnn", "network.hidden=8", "target=complex_mask"), tmp_path, said.append)
    assert len(measured) == 3
    (tmp_path / "costs").joinpath(next((tmp_path / "costs").iterdir()).name).write_text("{")
    assert told(config("network=crnn", "network.hidden=4"), tmp_path)["parameters"] > 0


def test_it_is_remembered_by_this_machine_alone(measured, tmp_path, monkeypatch):
    cfg = config("network=crnn", "network.hidden=4")
    told(cfg, tmp_path)
    monkeypatch.setattr(known_costs, "node", lambda: "another machine")
    told(cfg, tmp_path)
    assert len(measured) == 2
