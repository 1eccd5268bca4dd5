"""DNSMOS is what speechmos computes, needs no reference, and is refused in a line where it is missing."""

import sys

import numpy as np
import pytest
from omegaconf import OmegaConf
from tiny_run import ROOT

from metrics.dnsmos import ratings
from metrics.guard import NotComputable
from metrics.known import kind_of
from metrics.metric import Metric
from options.build import build

NAMES = sorted(path.stem for path in (ROOT / "conf" / "metric").glob("dnsmos_*.yaml"))


def metric(name):
    return build(OmegaConf.load(ROOT / "conf" / "metric" / f"{name}.yaml"), Metric)


@pytest.fixture
def noise():
    """0.9 s, which is repeated until it fills a window."""
    return 0.1 * np.random.default_rng(0).standard_normal(14400)


@pytest.mark.parametrize("name", NAMES)
def test_one_whose_package_is_missing_is_refused_in_a_line(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "speechmos", None)
    monkeypatch.setitem(sys.modules, "librosa", None)
    with pytest.raises(ValueError, match=r"extra 'mos'") as caught:
        metric(name)
    assert "pip install -e '.[mos]'" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_known_by_its_name_and_asks_for_no_reference(name):
    kind, more = kind_of(name)
    assert kind.__module__ == f"metrics.{name}" and not more
    assert not kind.facts.needs_reference and kind.facts.packages[0] == "speechmos"
    assert (kind.facts.lowest, kind.facts.highest) == (1.0, 5.0)


def test_the_ratings_are_those_of_the_package(noise):
    speechmos = pytest.importorskip("speechmos.dnsmos")
    theirs = speechmos.run(noise, 16000)
    for name in NAMES:
        own = metric(name)
        assert own(None, noise, 16000) == pytest.approx(theirs[own.name], abs=1e-4)
    ratings.cache_clear()
    louder = 20 * noise  # of which the package takes none
    assert metric("dnsmos_ovrl")(None, louder, 16000) == pytest.approx(
        speechmos.run(louder.clip(-1, 1), 16000)["ovrl_mos"], abs=1e-4
    )
    with pytest.raises(NotComputable, match="estimate is silent"):
        metric("dnsmos_ovrl")(None, 0 * noise, 16000)
    with pytest.raises(NotComputable, match="needs 16000 Hz"):
        metric("dnsmos_ovrl")(None, noise, 8000)
