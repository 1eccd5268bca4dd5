"""Hydra joins the same files once, and a composition is the same as without that."""

import parsed_once
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

FILES = ["experiment=librispeech", "~metric.sdr", "+metric@metric.csig=csig"]
VALUES = ["plan.test=5", "title=a", "output=x", "metric.csig.pesq=nb_raw"]
OTHERS = ["plan.test=6", "title=b"]


def composed(*typed: str) -> DictConfig:
    with initialize_config_dir(str(parsed_once.CONF), version_base="1.3"):
        return compose("evaluate", [*typed])


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(parsed_once, "LISTED", {})
    monkeypatch.setattr(parsed_once, "JOINED", {})


def test_other_values_and_other_files_leave_no_trace(fresh):
    typed = [*FILES, *VALUES]
    first = composed(*typed)
    assert len(parsed_once.JOINED) == 1
    other = composed(*FILES, *OTHERS)
    assert len(parsed_once.JOINED) == 1 and (other.plan.test, other.metric.csig.pesq) == (6, "wb")
    assert composed(*typed[1:]) != first and len(parsed_once.JOINED) == 2
    assert composed(*typed) == first


def test_a_file_that_is_not_there_is_refused_each_time(fresh):
    for _ in range(2):
        with pytest.raises(Exception, match="Could not find 'experiment/nothing'"):
            composed("experiment=nothing")
    assert not parsed_once.JOINED
