"""Speech recognition: transcribes mixtures, or clean speech, as characters."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import torch
from omegaconf import DictConfig, OmegaConf

from datagen import from_config
from datagen.datamodule import PlanData
from datagen.mixtures import transcribed_mixtures
from datagen.pairs.pairs import PairedTest
from datagen.recordings import RecordingsCallback
from datagen.trained_on import load_trained_on
from datagen.transcribed import Spelling, require_said, transcribed
from files.fingerprint import of_values
from models.cost import Costs
from models.known_costs import cached_costs
from models.layouts import tables_again
from models.recognition.cost import costs
from models.recognition.decoding import Decoder, PrefixBeam, greedy
from models.recognition.features import Features
from models.recognition.network import RecognitionNetwork
from models.recognition.ngram import CharacterNGram
from models.recognition.recogniser import Recogniser
from models.recognition.trained import RecognitionRun, Speechless
from models.recognition_learner import RecognitionLearner
from models.run import content_of, load_weights
from models.system import System
from models.system_names import MIXTURE
from options.build import build, maker
from tasks.task import Task, task_of
from text.alphabet import Alphabet, needed
from text.words import Words


class Recognition(Task):
    """A network learns to transcribe mixtures of speech with known transcripts.

    alphabet: the characters of transcripts. decoder: "beam" or "greedy". beam: the number of
    prefixes that the beam search keeps. ngram: the order of the character n-gram, which is counted
    in the training transcripts; 0 for no n-gram. ngram_weight, bonus: see
    models.recognition.decoding. Raises ValueError for an invalid option.
    """

    groups: ClassVar[tuple[str, ...]] = ()
    serves: ClassVar[tuple[str, ...]] = ("evaluate",)
    words = Words("Recognition", base="writing nothing", base_name="nothing written", changes=False)

    def __init__(
        self,
        alphabet: str,
        decoder: str = "beam",
        beam: int = 16,
        ngram: int = 6,
        ngram_weight: float = 0.5,
        bonus: float = 0.5,
    ):
        self.alphabet = Alphabet(alphabet)
        if decoder not in ("beam", "greedy"):
            raise ValueError(f"task.decoder={decoder!r}: must be beam or greedy")
        if beam < 1 or ngram < 0:
            raise ValueError(f"task.beam={beam}, task.ngram={ngram}: at least 1, and at least 0")
        self.decoder, self.beam = decoder, beam
        self.ngram, self.ngram_weight, self.bonus = ngram, ngram_weight, bonus
        self.decoding = [decoder, beam, ngram, ngram_weight, bonus]

    def learner(self, cfg: DictConfig) -> RecognitionLearner:
        """See models.recognition_learner."""
        features, network = self._parts(cfg)
        optimizer = maker(cfg.recipe.optimizer, torch.optim.Optimizer)
        return RecognitionLearner(features, network, optimizer)

    def batches(self, cfg: DictConfig, on_recordings: RecordingsCallback) -> PlanData:
        """Mixtures of whole utterances, with their transcripts as tokens."""
        return transcribed_mixtures(cfg, on_recordings, self.spelling(cfg))

    def spelling(self, cfg: DictConfig) -> Spelling:
        """The tokens of transcripts, and whether a transcript fits an utterance's length."""
        recogniser = Recogniser(*self._parts(cfg))

        def room(tokens: list[int], samples: int) -> bool:
            return needed(tokens) <= recogniser.steps(samples)

        return Spelling(self.alphabet, room)

    def _parts(self, cfg: DictConfig) -> tuple[Features, RecognitionNetwork]:
        features = build(cfg.task.features, Features, sample_rate=cfg.sample_rate)
        network = build(
            cfg.task.network,
            RecognitionNetwork,
            features=features.count,
            tokens=len(self.alphabet),
        )
        return features, network

    def system(self, run: Path, device: str) -> RecognitionRun:
        """The run's recogniser, with the n-gram of the transcripts in the run's speech.csv."""
        cfg = self.own_config(run)
        own = task_of(cfg)
        # The alphabet is the run's; options of decoding are those of this evaluation.
        recogniser = Recogniser(*own._parts(cfg))
        load_weights(recogniser, run)
        transcripts = self._transcripts(run, own.alphabet)
        content = [content_of(run), of_values(transcripts), *self.decoding]
        decoder = self._decoder(transcripts, own.alphabet)
        trained = recogniser.eval().to(device)
        return RecognitionRun(run, trained, decoder, own.alphabet.text, content)

    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """The costs of the network; the decoder is not counted."""
        recogniser = Recogniser(*self._parts(cfg)).eval()
        identity = OmegaConf.to_container(cfg.task, resolve=True)
        measure = partial(costs, recogniser)
        return cached_costs(identity, measure, type(recogniser.network).__name__, cache, say)

    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """A system that writes nothing: all words are deletions, its error rates are 1."""
        return {MIXTURE: Speechless()}

    def test(self, cfg: DictConfig) -> PairedTest:
        """See `Task.test`; raises ValueError if no utterance of the test has a transcript.

        A training splits speakers after leaving out recordings without a transcript; so does this.
        """
        test = from_config.test(cfg, transcribed)
        require_said(test.plan.rows, test.plan.speech)
        return test

    def _transcripts(self, run: Path, alphabet: Alphabet) -> list[list[int]]:
        """The training transcripts of `run` as tokens; an empty list if no n-gram is used."""
        if self.decoder == "greedy" or not self.ngram:
            return []
        speech, _ = load_trained_on(run, tables_again(run))
        texts = sorted({*speech.text[speech.split == "train"]} - {""})
        return [alphabet.tokens(text) for text in texts]

    def _decoder(self, transcripts: list[list[int]], alphabet: Alphabet) -> Decoder:
        if self.decoder == "greedy":
            return greedy
        ngram = CharacterNGram(transcripts, self.ngram, len(alphabet)) if transcripts else None
        return PrefixBeam(self.beam, ngram, self.ngram_weight, self.bonus)
