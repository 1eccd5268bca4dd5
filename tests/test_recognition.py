"""Recognisers: what they hear, how they learn, how probabilities become text."""

from itertools import product
from math import exp, log

import numpy as np
import pytest
import torch

from dsp.mel import cosine_transform, mel_bands
from models.recognition.decoding import PrefixBeam, greedy
from models.recognition.features import Features
from models.recognition.lstm import RecognitionLSTM
from models.recognition.ngram import END, CharacterNGram
from models.recognition.recogniser import Recogniser
from models.recognition_learner import RecognitionLearner
from text.alphabet import Alphabet, needed

RATE = 8000
TONES_HZ = {"a": 300, "b": 600, "c": 1200, "d": 2400}


def spoken(text: str) -> torch.Tensor:
    """A tone of 80 ms for each letter, 40 ms apart: [time]."""
    time = torch.arange(round(0.08 * RATE)) / RATE
    gap = torch.zeros(round(0.04 * RATE))
    parts = [gap]
    for letter in text:
        parts += [torch.sin(2 * torch.pi * TONES_HZ[letter] * time) * 0.3, gap]
    signal = torch.cat(parts)
    return signal + 1e-3 * torch.randn(len(signal))


def batch_of(texts: list[str], alphabet: Alphabet) -> dict[str, torch.Tensor]:
    pad = torch.nn.utils.rnn.pad_sequence
    signals = [spoken(text) for text in texts]
    tokens = [torch.tensor(alphabet.tokens(text)) for text in texts]
    return {
        "mixture": pad(signals, batch_first=True),
        "length": torch.tensor([len(signal) for signal in signals]),
        "tokens": pad(tokens, batch_first=True),
        "characters": torch.tensor([len(one) for one in tokens]),
    }


TOY = [
    ({}, 100),
    ({"bidirectional": False, "channels": 16, "kernel": 5}, 150),
]


@pytest.mark.parametrize(("options", "updates"), TOY)
def test_an_alphabet_of_tones_is_read_without_error(options, updates):
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    alphabet = Alphabet("abcd")
    features = Features(RATE, mels=20, coefficients=16)
    network = RecognitionLSTM(16, len(alphabet), hidden=24, layers=1, stride=2, **options)
    learner = RecognitionLearner(features, network)
    optimizer = torch.optim.Adam(learner.parameters(), lr=0.02)

    def texts(count):
        return ["".join(rng.choice(list("abcd"), rng.integers(2, 6))) for _ in range(count)]

    for _ in range(updates):
        optimizer.zero_grad()
        summed, characters = learner.summed_loss(batch_of(texts(8), alphabet))
        (summed / characters).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
        optimizer.step()
    unseen = texts(20)
    batch = batch_of(unseen, alphabet)
    with torch.no_grad():
        log_probabilities, steps = learner.log_probabilities(batch["mixture"], batch["length"])
    for decode in (greedy, PrefixBeam(8)):
        read = [
            alphabet.text(decode(probabilities[:count].numpy()))
            for probabilities, count in zip(log_probabilities, steps, strict=True)
        ]
        assert read == unseen


def recogniser(rate=RATE, **options) -> Recogniser:
    torch.manual_seed(1)
    network = RecognitionLSTM(12, 5, hidden=8, **options)
    return Recogniser(Features(rate, mels=20, coefficients=12), network).eval()


KINDS = [
    {"bidirectional": bidirectional, "channels": channels}
    for bidirectional in (True, False)
    for channels in (None, 6)
]


@pytest.mark.parametrize("options", KINDS)
@pytest.mark.parametrize("rate", [8000, 16000])
def test_what_is_heard_of_a_signal_depends_on_nothing_beside_it(options, rate):
    heard = recogniser(rate, **options).log_probabilities
    one = torch.randn(1, rate // 2) * 0.1
    other = torch.randn(1, rate) * 0.1
    both = torch.zeros(2, rate)
    both[:1, : one.shape[1]], both[1:] = one, other
    alone, steps = heard(one, torch.tensor([one.shape[1]]))
    beside, _ = heard(both, torch.tensor([one.shape[1], rate]))
    assert steps.tolist() == [alone.shape[1]] == [17]  # 50 frames, three to a step
    torch.testing.assert_close(beside[:1, :17], alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("options", KINDS)
def test_only_a_network_of_one_direction_is_causal(options):
    one = recogniser(**options)
    signal = torch.randn(1, RATE) * 0.1
    changed = signal.clone()
    changed[:, RATE // 2 :] *= -3  # from frame 50 on, which is of step 17
    length = torch.tensor([RATE])
    before, after = (
        one.log_probabilities(each, length).values[:, :16] for each in (signal, changed)
    )
    assert one.network.causal is not options["bidirectional"]
    assert torch.equal(before, after) is one.network.causal


def test_cepstra_are_those_of_torchaudio():
    try:
        import torchaudio
    except (ImportError, OSError):
        pytest.skip("torchaudio does not load beside this build of torch")
    mel = {"n_fft": 512, "win_length": 200, "hop_length": 80, "n_mels": 20, "center": False}
    theirs = torchaudio.transforms.MFCC(RATE, 12, log_mels=True, melkwargs=mel)
    signal = torch.randn(1, RATE)
    ours = Features(RATE, mels=20, coefficients=12).plain(signal)
    padded = torch.nn.functional.pad(signal, (120 + 156, 156))  # its window lies in the middle
    torch.testing.assert_close(ours, theirs(padded).transpose(1, 2), atol=1e-3, rtol=1e-3)


def test_mel_bands_are_triangles_around_equal_steps_of_mel():
    bands = mel_bands(1001, 8000, 3)
    # 4000 Hz are 2146.1 mel; a quarter, a half and three quarters of that in Hz, on a grid of 4 Hz:
    assert bands.argmax(0).tolist() == pytest.approx([426.8 / 4, 1113.9 / 4, 2219.8 / 4], abs=0.6)
    basis = cosine_transform(20, 20)
    torch.testing.assert_close(basis.T @ basis, torch.eye(20), atol=1e-5, rtol=0)
    with pytest.raises(ValueError, match=r"mels=40: \d+ of them .* give fewer"):
        mel_bands(33, 8000, 40)


def all_paths(log_probabilities: np.ndarray) -> dict[tuple, float]:
    """The chance of every text: the sum over all paths that write it."""
    probabilities: dict[tuple, float] = {}
    for path in product(range(log_probabilities.shape[1]), repeat=len(log_probabilities)):
        text = tuple(greedy(np.eye(log_probabilities.shape[1])[list(path)]))
        of_path = exp(sum(log_probabilities[step, token] for step, token in enumerate(path)))
        probabilities[text] = probabilities.get(text, 0.0) + of_path
    return probabilities


@pytest.mark.parametrize("seed", range(3))
def test_a_wide_beam_finds_the_text_that_all_paths_together_say(seed):
    scores = np.random.default_rng(seed).standard_normal((5, 3)) * 2
    log_probabilities = scores - np.logaddexp.reduce(scores, 1, keepdims=True)
    probabilities = all_paths(log_probabilities)
    assert PrefixBeam(1000)(log_probabilities) == list(max(probabilities, key=probabilities.get))
    ngram = CharacterNGram([[1, 2, 1], [1, 2], [2, 2]], order=2, tokens=3)

    def score(text):
        said = [*text, END]
        language = sum(ngram.log_probability(token, text[:at]) for at, token in enumerate(said))
        return log(probabilities[text]) + 0.7 * language + 0.3 * len(text)

    best = max(probabilities, key=score)
    assert PrefixBeam(1000, ngram, weight=0.7, bonus=0.3)(log_probabilities) == list(best)


def test_an_ngram_gives_chances_and_prefers_what_it_has_seen():
    ngram = CharacterNGram([[1, 2, 3], [1, 2, 3], [1, 2, 1]], order=3, tokens=4)
    for before in ((), (1,), (1, 2), (3, 3)):
        assert sum(
            exp(ngram.log_probability(token, before)) for token in range(4)
        ) == pytest.approx(1)
    assert (
        ngram.log_probability(3, (1, 2))
        > ngram.log_probability(1, (1, 2))
        > ngram.log_probability(2, (1, 2))
    )


def test_tokens_that_come_twice_need_a_step_between_them():
    assert [needed(tokens) for tokens in ([], [1], [1, 2], [1, 1], [1, 1, 1, 2])] == [0, 1, 2, 3, 6]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Features(RATE, mels=20, coefficients=21), "coefficients=21: must be 1 to mels=20"),
        (lambda: Features(RATE, hop_s=0.05), r"hop_s=0.05: must be above 0, and at most"),
        (lambda: RecognitionLSTM(4, 5, stride=0), "stride=0: must be at least 1"),
        (lambda: RecognitionLSTM(4, 5, channels=2, kernel=1), "kernel=1: leaves frames out"),
        (lambda: Alphabet("aba"), "'a' stands there twice"),
        (lambda: Alphabet(" "), "has no letters"),
        (lambda: Alphabet("ab").tokens("abc"), "'c' of 'abc' is outside task.alphabet='ab'"),
    ],
)
def test_options_that_cannot_be_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
