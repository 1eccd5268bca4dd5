"""What conf/ offers keeps its contract, file by file; what does not is refused before its use."""

import sys
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from tiny_run import ROOT

from datagen.corpora.corpus import Corpus
from datagen.melodies.tunes import Tunes
from datagen.recordings import Recording
from datagen.route import Route
from datagen.sources.source import Source
from metrics.metric import Metric
from models.losses.loss import Loss
from models.schedules.schedule import Schedule
from options.build import build, maker

CONF = ROOT / "conf"


class Group(NamedTuple):
    """A folder of options.

    script, typed: the script that takes one, and in which words. node: where it then stands.
    """

    contract: type
    script: str
    typed: str
    node: str
    conf: str = "."


GROUPS = {
    "metric": Group(Metric, "evaluate", "+metric@metric.swept={}", "metric.swept"),
    "corpus": Group(Corpus, "generate", "+corpus@noise.seen.swept={}", "noise.seen.swept"),
    "data": Group(Route, "train", "data={}", "data.route"),
    "schedule": Group(Schedule, "train", "+schedule@recipe.schedule={}", "recipe.schedule"),
    "loss": Group(Loss, "train", "+loss@recipe.loss={}", "recipe.loss"),
    "tunes": Group(Tunes, "train", "task=melody tunes@task.tunes={}", "task.tunes"),
    "download/sources": Group(
        Source, "download", "+sources@sources.swept={}", "sources.swept", "download"
    ),
}
OPTIONS = [(group, path.stem) for group in GROUPS for path in sorted((CONF / group).glob("*.yaml"))]


def option(group: Group, name: str) -> dict[str, Any]:
    """The option as its script composes it, without what it leaves to be typed."""
    with initialize_config_dir(str(CONF / group.conf), version_base="1.3"):
        config = compose(group.script, group.typed.format(name).split())
    node = OmegaConf.to_container(OmegaConf.select(config, group.node), resolve=True)
    return {key: value for key, value in node.items() if value != "???"}


@pytest.mark.parametrize(("group", "name"), OPTIONS)
def test_every_option_names_a_class_that_keeps_the_contract_of_its_group(group, name):
    assert "_partial_" not in (CONF / group / f"{name}.yaml").read_text()
    assert callable(maker(option(GROUPS[group], name), GROUPS[group].contract))


@pytest.mark.parametrize("name", [name for group, name in OPTIONS if group == "corpus"])
def test_every_corpus_says_what_a_model_card_needs_to_know(name):
    """Of one's own folder alone nobody knows the terms."""
    left_to_type = {"folder": {"root": "x", "name": "x"}, "demo": {"part": "noise/demo/seen"}}
    typed = left_to_type.get(name, {})
    corpus = build({**option(GROUPS["corpus"], name), **typed}, Corpus)
    assert corpus.name and corpus.title
    assert (corpus.licence == "") is (name == "folder")


@pytest.fixture
def stranger(monkeypatch):
    """Somebody's own file in a package: its config node."""

    def put(package, thing):
        module = ModuleType(f"{package}.stranger")
        thing.__module__, thing.__qualname__ = module.__name__, thing.__name__
        setattr(module, thing.__name__, thing)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return {"_target_": f"{module.__name__}.{thing.__name__}"}

    return put


def plain(reference, estimate, sample_rate):
    return 1.0


class Bare:
    pass


class NoScore(Metric):
    pass


class NoRecordings(Corpus):
    pass


class NoItems(Route):
    pass


class NoFetch(Source):
    pass


class NoFactor(Schedule):
    pass


class NoTunes(Tunes):
    pass


class NoOfSignals(Loss):
    pass


@pytest.mark.parametrize(
    ("package", "thing", "contract", "said"),
    [
        (
            "metrics",
            plain,
            Metric,
            "stranger.plain is no Metric: derive it from metrics.metric.Metric",
        ),
        ("metrics", Bare, Metric, "stranger.Bare is no Metric: derive it"),
        (
            "metrics",
            NoScore,
            Metric,
            "stranger.NoScore lacks facts, score, which every Metric has: see metrics.metric",
        ),
        (
            "datagen.corpora",
            NoRecordings,
            Corpus,
            "stranger.NoRecordings lacks recordings, which every Corpus has",
        ),
        (
            "datagen",
            NoItems,
            Route,
            "stranger.NoItems lacks __getitem__, which every Route has: see datagen.route",
        ),
        (
            "datagen.sources",
            NoFetch,
            Source,
            "stranger.NoFetch lacks fetch, which every Source has",
        ),
        (
            "models.schedules",
            NoFactor,
            Schedule,
            "stranger.NoFactor lacks factor, which every Schedule has",
        ),
        (
            "datagen.melodies",
            NoTunes,
            Tunes,
            "stranger.NoTunes lacks tunes, which every Tunes has: see datagen.melodies.tunes",
        ),
        (
            "models.losses",
            NoOfSignals,
            Loss,
            "stranger.NoOfSignals lacks of_signals, which every Loss has: see models.losses.loss",
        ),
    ],
)
def test_what_breaks_a_contract_is_refused_with_what_it_lacks(
    stranger, package, thing, contract, said
):
    with pytest.raises(ValueError, match=said) as caught:
        build(stranger(package, thing), contract)
    assert "\n" not in str(caught.value)


def test_a_strangers_corpus_lists_its_recordings(stranger):
    class Own(Corpus):
        def recordings(self):
            return [Recording("own/a", "a.wav", "own/a")]

    corpus = build(stranger("datagen.corpora", Own), Corpus)
    assert [recording.id for recording in corpus.recordings()] == ["own/a"]
