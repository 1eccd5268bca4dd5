"""Fixtures of several test files; tests/conftest.py loads them."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask_cluster
import parsed_once
import pytest
import tiny_run
import torch
from corpora import COUNTS, RATE, UNSEEN, data_tree
from protocols import paper
from publishing import evaluated, published_of

from datagen.corpora.folder import Folder
from datagen.corpora.librispeech import LibriSpeech
from datagen.corpora.noisex92 import NOISEX92
from datagen.draw_plan import draw_plan
from datagen.prepare import make_drawer, scan_all
from datagen.protocol import Protocol
from datagen.render import Rendering
from reporting.figures import drawing

torch.set_num_threads(1)  # tiny signals: more threads only wait for one another
drawing.DPI = (
    40  # much of the time of a report goes into the dots of its PNGs, which no test looks at
)


def _connected(*where: Any, connect: Callable = sqlite3.connect, **options: Any) -> Any:
    """A cache that does not wait for the disk: no test loses power."""
    store = connect(*where, **options)
    store.execute("pragma synchronous = off")
    return store


sqlite3.connect = _connected
parsed_once.install()


@pytest.fixture(scope="session")
def data_root(tmp_path_factory) -> Path:
    """A tiny data_root for experiment=librispeech; read only."""
    return data_tree(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A corpus of seconds for tiny trainings; read only."""
    return tiny_run.corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def whole(data, tmp_path_factory) -> Path:
    """A training of three epochs that nothing interrupted; read only."""
    return tiny_run.fit(data, tmp_path_factory.mktemp("runs") / "whole")


@pytest.fixture(scope="session")
def published(whole, tmp_path_factory) -> Path:
    """What is published of `whole`; read only."""
    folder = tmp_path_factory.mktemp("published")
    return published_of(whole, folder / "pretrained", folder / "cache")


@pytest.fixture
def copied(published, tmp_path) -> Path:
    """A copy of `published`, to damage."""
    return shutil.copytree(published, tmp_path / "copied")


@pytest.fixture(scope="session")
def report(data, whole, tmp_path_factory) -> Path:
    """A report on `whole` beside a filter; read only."""
    folder = tmp_path_factory.mktemp("reports") / "report"
    evaluated(data, folder, whole, "+baseline@baselines.filter=lms_speech")
    return folder


@pytest.fixture
def cache(tmp_path) -> Path:
    """The folder of an empty cache, for the option `cache`."""
    return tmp_path / "cache"


@pytest.fixture
def isolated_cache(cache, monkeypatch) -> Path:
    """An empty cache for whatever the test runs, in this process or below it."""
    monkeypatch.setenv("CLARION_CACHE", str(cache))
    return cache


@pytest.fixture(scope="session")
def cluster(tmp_path_factory) -> Iterator[str]:
    """The address of a scheduler with one worker, which know nothing of the project."""
    pytest.importorskip("distributed")
    with dask_cluster.running(tmp_path_factory.mktemp("cluster")) as started:
        yield started.address


@pytest.fixture
def command(monkeypatch, tmp_path) -> tiny_run.Command:
    """train.py as it is typed, in this process."""
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")  # start() sets it
    return tiny_run.Command(monkeypatch, tmp_path / "run")


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    """The paper's, without limits on utterances."""
    return paper()


@pytest.fixture(scope="session")
def tables(data_root, tmp_path_factory) -> dict:
    """Recordings tables of the tiny corpora by role."""
    speech, noise = data_root / "speech/librispeech", data_root / "noise"
    roles = {
        "speech.train": LibriSpeech(str(speech), ["train-clean-100"]),
        "speech.test": LibriSpeech(str(speech), ["test-other"]),
        "noise.seen": Folder(str(noise / "nonspeech115"), "nonspeech115"),
        "noise.unseen": NOISEX92(str(noise / "noisex92"), UNSEEN),
    }
    corpora = {role: {"one": corpus} for role, corpus in roles.items()}
    return scan_all(corpora, RATE, tmp_path_factory.mktemp("tables"), 1, True)


@pytest.fixture(scope="session")
def make(tables):
    """A drawer over the tiny corpora, with changes to the protocol."""

    def make(seed: int = 0, sample_rate: int = RATE, **changes):
        return make_drawer(tables, paper(**changes), sample_rate, seed)

    return make


VARIETY = {
    "speech_alone": 0.25,
    "noise_alone": 0.25,
    "noises": [0.2, 0.4, 0.4],
    "tilt": 0.375,
    "band_limited": 0.5,
}


@pytest.fixture
def varied(make, tmp_path):
    """A plan whose training rows have all that makes them more varied, and its library."""
    drawer = make(gain_db=[-25.0, 5.0], **VARIETY)
    counts = {**COUNTS, "train": 16}
    return draw_plan(drawer, counts, tmp_path / "cache"), drawer.library


@pytest.fixture
def drawn(make, tmp_path):
    """A small plan of hard cases, and its library."""
    snrs = {"train": [-5, 10], "validation": [3.3], "test": [-5, 0, 5, 10]}
    drawer = make(gain_db=[-25.0, 5.0], snr_db=snrs)
    return draw_plan(drawer, COUNTS, tmp_path / "cache"), drawer.library


@pytest.fixture
def rendered(drawn):
    """The plan `drawn`, and the audio of its rows as an evaluation has it."""
    plan, library = drawn
    return plan, Rendering(library)
