"""Choices that make a training faster, and how near they stay to the plain one.

Precision, batches accumulated, a compiled network.
"""

from collections.abc import Sequence

import pandas as pd
import pytest
import pytorch_lightning as pl
import tiny_run
import torch
from known_networks import batch_of, crnn, randn
from torch.utils.data import DataLoader

from command.trainer import quiet
from dsp.stft import STFT
from models.compiling import Compiling, require_compiler
from models.enhancement_learner import EnhancementLearner
from models.level import RunningLevel
from models.losses.compressed import Compressed
from models.networks.pl_dnn import PLDNN
from models.recognition.features import Features
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from models.targets.noise_model import NoiseModel
from models.targets.tms import TMS


class Exact(torch.nn.Module):
    """A network that is computed in 32 bits, whatever is around it."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.stage_count = network.stage_count

    def forward(self, mixture):
        with torch.autocast("cpu", enabled=False):
            return self.network(mixture)


@pytest.mark.parametrize(
    ("target", "criterion"),
    [(TMS(), None), (IAM(), None), (NoiseModel(), None), (ComplexMask(), Compressed())],
    ids=["tms", "iam", "noise model", "compressed"],
)
def test_in_16_bits_the_transform_and_the_loss_are_computed_in_32(target, criterion):
    """With a network that is not rounded, the loss is the plain one to the last bit."""
    learner = crnn(target=target, criterion=criterion).eval()
    plain, _ = learner.summed_loss(batch_of(1600, 1234))
    learner.network = Exact(learner.network)
    with torch.autocast("cpu", torch.bfloat16):
        mixed, _ = learner.summed_loss(batch_of(1600, 1234))
    assert mixed.dtype == torch.float32 and torch.equal(mixed, plain)


def test_in_16_bits_what_a_recogniser_hears_is_computed_in_32():
    features = Features(8000)
    plain = features.plain(randn(2, 1600))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(features.plain(randn(2, 1600)), plain)


def test_a_training_in_16_bits_has_the_losses_of_the_plain_one_within_two_percent(
    data, whole, tmp_path
):
    run = tiny_run.fit(data, tmp_path / "run", "trainer.precision=bf16-mixed")
    plain, mixed = (pd.read_csv(folder / "curve.csv") for folder in (whole, run))
    losses = ["train_loss", "validation_loss"]
    assert mixed.rows.equals(plain.rows) and not mixed[losses].equals(plain[losses])
    assert (mixed[losses] / plain[losses] - 1).abs().to_numpy().max() < 0.02


def trained(batches: list[dict], to_an_update: int, callbacks: Sequence = ()) -> dict:
    """The weights after an epoch of `batches`, by a network that knows nothing of a batch."""
    torch.manual_seed(0)

    def network(freqs, target):
        return PLDNN(freqs, target, stages=2, hidden=8)

    learner = EnhancementLearner(
        STFT(8000),
        IAM(),
        network,
        RunningLevel(),
        {2: [20]},
        optimizer=lambda params: torch.optim.SGD(params, lr=0.1),
    )
    with quiet():
        trainer = pl.Trainer(
            accelerator="cpu",
            max_epochs=1,
            accumulate_grad_batches=to_an_update,
            callbacks=list(callbacks),
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(learner, DataLoader(batches, batch_size=None))
    assert trainer.global_step == -(-len(batches) // to_an_update)
    return learner.state_dict()


def rows_of(number: int, lengths: tuple[int, ...]) -> dict:
    """A batch of signals of these lengths, with rows of the plan that no other number has."""
    rows = torch.arange(len(lengths)) + 10 * number
    return {**batch_of(*lengths), "row": rows, "counts": torch.ones_like(rows)}


def joined(*batches: dict) -> dict:
    """One batch of all rows; signals are padded to the longest."""
    longest = max(batch["mixture"].shape[-1] for batch in batches)

    def padded(signal):
        return torch.nn.functional.pad(signal, (0, longest - signal.shape[-1]))

    one = {
        name: torch.cat([padded(batch[name]) for batch in batches])
        for name in ("mixture", "clean", "noise")
    }
    return one | {
        name: torch.cat([batch[name] for batch in batches]) for name in ("length", "row", "counts")
    }


def test_batches_accumulated_are_one_batch_of_all_their_rows_also_the_last_ones_of_an_epoch():
    """Of other lengths, so that the mean over batches would be another one."""
    lengths = [(1600, 1500), (400,), (900, 800), (2000, 300), (500,)]
    small = [rows_of(number, of_batch) for number, of_batch in enumerate(lengths)]
    several = trained(small, to_an_update=2)
    plain = trained([joined(*small[:2]), joined(*small[2:4]), small[4]], to_an_update=1)
    for name, weights in plain.items():
        torch.testing.assert_close(several[name], weights, atol=1e-6, rtol=1e-5)


@pytest.mark.filterwarnings("ignore")  # what PyTorch compiles with warns of its own code
def test_a_compiled_network_is_trained_as_the_plain_one():
    """Its graphs are taken apart and run as they are: a compiler would take minutes."""
    batches = [rows_of(number, (1600, 1500)) for number in range(3)]
    compiled = trained(batches, to_an_update=1, callbacks=[Compiling("aot_eager")])
    plain = trained(batches, to_an_update=1)
    assert compiled.keys() == plain.keys()
    for name, weights in plain.items():
        torch.testing.assert_close(compiled[name], weights, atol=1e-6, rtol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_what_compiles_nothing_is_refused_with_a_remedy():
    with pytest.raises(ValueError, match=r"trainer.compile=true: .*trainer.compile=false"):
        require_compiler(torch.device("cpu"), "no_such_backend")


def test_a_trainer_that_is_to_compile_does_so(data, tmp_path, monkeypatch):
    networks = []
    monkeypatch.setattr(Compiling, "on_fit_start", lambda *given: networks.append(given[2].network))
    tiny_run.fit(data, tmp_path / "run", "trainer.compile=true", "trainer.max_epochs=1")
    assert len(networks) == 1
