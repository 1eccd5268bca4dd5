"""Every level of conf/level, and what is known of the two that there are."""

from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf

from dsp.stft import STFT
from metrics.si_sdr import SISDR
from models.enhancement_learner import EnhancementLearner
from models.level import Level, RawLevel, RunningLevel
from models.networks.crnn import CRNN
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from models.targets.tms import TMS
from options.build import build

GAINS_DB = {2: [20]}
CONF = Path(__file__).parent.parent / "conf" / "level"
every_level = pytest.mark.parametrize("name", sorted(path.stem for path in CONF.glob("*.yaml")))


def make(name) -> Level:
    return build(OmegaConf.load(CONF / f"{name}.yaml"), Level, within="models.level")


def magnitude(frames: int = 30) -> torch.Tensor:
    return torch.rand(2, 5, frames, generator=torch.Generator().manual_seed(0)) + 0.1


def enhancer(target, level) -> EnhancementLearner:
    torch.manual_seed(0)
    return EnhancementLearner(
        STFT(8000),
        target,
        lambda **given: CRNN(**given, stages=2, channels=[2, 4], hidden=19),
        level,
        GAINS_DB,
    )


def test_the_level_is_the_root_mean_square_so_far():
    values = torch.tensor([[[3.0, 1.0, 0.0], [3.0, 1.0, 0.0]]])
    expected = torch.tensor([[[9.0, 5.0, 10 / 3]]]).sqrt()
    torch.testing.assert_close(RunningLevel()(values), expected)


@pytest.mark.parametrize("factor", [0.1, 10.0])
def test_the_level_follows_the_gain_exactly(factor):
    torch.testing.assert_close(
        RunningLevel()(magnitude() * factor), RunningLevel()(magnitude()) * factor
    )


@every_level
def test_a_level_is_above_nothing_and_needs_no_training(name):
    level = make(name)
    assert level(magnitude()).shape == (2, 1, 30) and (level(magnitude()) > 0).all()
    assert (level(torch.zeros(2, 5, 30)) > 0).all()
    assert not level.state_dict()


@every_level
def test_in_pieces_with_carried_state_it_is_as_at_once(name):
    level = make(name)
    state, pieces = level.initial_state(2), []
    for piece in magnitude().split([1, 7, 22], -1):
        part, state = level.advance(piece, state)
        pieces.append(part)
    torch.testing.assert_close(torch.cat(pieces, -1), level(magnitude()))


@every_level
def test_what_comes_later_does_not_change_it(name):
    changed = magnitude()
    changed[..., 20:] *= 100
    assert torch.equal(make(name)(changed)[..., :20], make(name)(magnitude())[..., :20])


def test_the_running_level_begins_where_its_module_is():
    total, count = RunningLevel().to("meta").initial_state(2)
    assert total.is_meta and total.shape == (2, 1, 1) and total.dtype == torch.float64
    assert count.is_meta and not count.is_floating_point()


def test_digital_silence_is_divided_by_something():
    silence = torch.zeros(1, 5, 4)
    assert torch.equal(silence / RunningLevel()(silence), silence)


@pytest.mark.parametrize("target", [TMS, IAM, ComplexMask])
@pytest.mark.parametrize("gain_db", [-20, 20])
def test_enhancement_does_not_depend_on_how_loud_the_recording_is(target, gain_db):
    system = enhancer(target(), RunningLevel())
    clean = torch.randn(1, 16000, generator=torch.Generator().manual_seed(1)) * 0.05
    mixture = clean + torch.randn(1, 16000, generator=torch.Generator().manual_seed(2)) * 0.05
    scores = [
        SISDR()(clean[0].double().numpy(), system.enhance(mixture * gain)[0].double().numpy(), 8000)
        for gain in (1.0, 10 ** (gain_db / 20))
    ]
    assert scores[0] == pytest.approx(scores[1], abs=0.001)


def test_raw_magnitudes_depend_on_it():
    system = enhancer(TMS(), RawLevel())
    mixture = torch.randn(1, 8000, generator=torch.Generator().manual_seed(1)) * 0.05
    one, ten = system.enhance(mixture), system.enhance(mixture * 10)
    assert not torch.allclose(one * 10, ten, rtol=0.1)
