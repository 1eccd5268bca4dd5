import pytest
import torch

from dsp.stft import STFT
from metrics.si_sdr import SISDR
from models.enhancer import Enhancer
from models.level import RawLevel, RunningLevel
from models.networks.crnn import CRNN
from models.targets.iam import IAM
from models.targets.tms import TMS

GAINS_DB = {2: [20]}


def magnitude(frames: int = 30) -> torch.Tensor:
    return torch.rand(2, 5, frames, generator=torch.Generator().manual_seed(0)) + 0.1


def enhancer(target, level) -> Enhancer:
    torch.manual_seed(0)
    return Enhancer(
        STFT(8000), target, lambda **given: CRNN(**given, stages=2, channels=[2, 4], hidden=19), level, GAINS_DB
    )


def test_the_level_is_the_root_mean_square_so_far():
    values = torch.tensor([[[3.0, 1.0, 0.0], [3.0, 1.0, 0.0]]])
    expected = torch.tensor([[[9.0, 5.0, 10 / 3]]]).sqrt()
    torch.testing.assert_close(RunningLevel()(values), expected)


@pytest.mark.parametrize("factor", [0.1, 10.0])
def test_the_level_follows_the_gain_exactly(factor):
    torch.testing.assert_close(RunningLevel()(magnitude() * factor), RunningLevel()(magnitude()) * factor)


@pytest.mark.parametrize("level", [RunningLevel(), RawLevel()])
def test_in_pieces_with_carried_state_it_is_as_at_once(level):
    state, pieces = None, []
    for piece in magnitude().split([1, 7, 22], -1):
        part, state = level.advance(piece, state)
        pieces.append(part)
    torch.testing.assert_close(torch.cat(pieces, -1), level(magnitude()))


def test_what_comes_later_does_not_change_it():
    changed = magnitude()
    changed[..., 20:] *= 100
    assert torch.equal(RunningLevel()(changed)[..., :20], RunningLevel()(magnitude())[..., :20])


def test_digital_silence_is_divided_by_something():
    silence = torch.zeros(1, 5, 4)
    assert torch.equal(silence / RunningLevel()(silence), silence)


@pytest.mark.parametrize("target", [TMS(), IAM()])
@pytest.mark.parametrize("gain_db", [-20, 20])
def test_enhancement_does_not_depend_on_how_loud_the_recording_is(target, gain_db):
    system = enhancer(target, RunningLevel())
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
