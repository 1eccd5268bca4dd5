"""Workers of a cluster are tried with what each metric compares, and are sent what they can load."""

import pickle

import numpy as np
import pytest
from stand_ins import Hears

from command.worker_check import require_same_scores
from metrics.cer import CER
from metrics.talkers_si_sdr import TalkersSISDR

RATE = 8000


class Client:
    """A cluster of one worker, to which everything is pickled."""

    def __init__(self, change=lambda result: result):
        self.change, self.sent = change, []

    def run(self, function, *arguments, on_error=None):
        self.sent = pickle.loads(pickle.dumps(arguments))  # noqa: S301 - written here
        result = function(*self.sent)
        return {"worker-1": self.change(result)}


def without_a_score(result):
    if not isinstance(result, list):
        return result  # a version
    return [(number, dict.fromkeys(scores, (np.nan, "no scipy"))) for number, scores in result]


def test_a_metric_of_talkers_is_tried_with_talkers():
    client = Client()
    require_same_scores(client, {RATE: {"talkers_si_sdr": TalkersSISDR()}})
    ((_, reference, answer, _),), _ = client.sent
    assert reference.shape == answer.shape == (2, RATE)


def test_a_worker_that_cannot_compute_such_a_score_is_named():
    with pytest.raises(ValueError, match=r"worker-1: metric.talkers_si_sdr: no scipy"):
        require_same_scores(Client(without_a_score), {RATE: {"talkers_si_sdr": TalkersSISDR()}})


def test_a_recogniser_stays_here_and_workers_get_its_texts():
    metric = CER(run="RUN")
    metric.open_recogniser(lambda run, by: Hears("a word", RATE))
    client = Client()
    require_same_scores(client, {RATE: {"cer": metric}})
    ((_, reference, answer, _),), _ = client.sent
    assert (reference, answer) == ("word", "a word")
