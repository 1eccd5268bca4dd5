"""From a microphone to a loudspeaker through an enhancer (extra: live)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from omegaconf import DictConfig

from command.enhanced_by import one_enhancer, run_of
from command.raw_enhancing import by_network, say, say_how
from command.sound_devices import LIST, sound_devices
from models.enhancer import Enhancer
from models.networks.network import CausalNetwork
from text.line import in_one_line

Device = int | str | None  # number or name of a device; None: the default device


def enhance_live(cfg: DictConfig) -> None:
    """Enhance until Ctrl-C.

    Raises ValueError if the extra is missing, for a network that looks ahead, and for a device that
    is missing or does not support the settings.
    """
    sound = sound_devices()
    torch.set_num_threads(1)  # a hop is too little for more
    enhancer = one_enhancer(run_of(cfg))
    if not isinstance(enhancer.network, CausalNetwork):
        name = type(enhancer.network).__name__
        raise ValueError(f"run: {name} looks ahead, which cannot be live; give a causal network")
    devices = _device(cfg.input), _device(cfg.output)
    with _named(sound.PortAudioError, ValueError):  # ValueError for an unknown device name
        for device, kind in zip(devices, ("input", "output"), strict=True):
            sound.query_devices(device, kind)
    with _named(sound.PortAudioError):
        rate = cfg.rate or _rate(sound, devices, cfg.channels, enhancer)
        _through(sound, cfg, enhancer, devices, rate)


@contextmanager
def _named(*errors: type[Exception]) -> Iterator[None]:
    """Convert errors of devices to a ValueError of one line, which says how to list devices."""
    try:
        yield
    except errors as error:
        reason = in_one_line(error)
        raise ValueError(f"{reason}; python enhance.py {LIST} shows what is there") from error


def _through(
    sound: Any, cfg: DictConfig, enhancer: Enhancer, devices: tuple[Device, Device], rate: int
) -> None:
    hop = round(enhancer.stft.hop * rate / enhancer.stft.sample_rate)
    lost = _Lost()
    with sound.Stream(
        samplerate=rate,
        blocksize=hop,
        device=devices,
        channels=cfg.channels,
        dtype="float32",
        latency="low",
    ) as stream:
        streamed = by_network(cfg, enhancer, rate)
        say_how(cfg, streamed, rate)
        try:
            heard = _heard(stream, hop, lost)
            for block in streamed.blocks(heard):
                stream.write(np.ascontiguousarray(block.clip(-1, 1), np.float32))
        except KeyboardInterrupt:
            say(f"ended; {lost.count} times sound was lost, for this machine was too slow")


class _Lost:
    """The number of times that samples were lost before they were read."""

    count = 0


def _heard(stream: Any, hop: int, lost: _Lost) -> Iterator[np.ndarray]:
    while True:
        block, overflowed = stream.read(hop)
        lost.count += overflowed
        yield block.astype(np.float64)


def _rate(sound: Any, devices: tuple[Device, Device], channels: int, enhancer: Enhancer) -> int:
    """The network's rate if the microphone supports it, so that nothing is resampled."""
    own = enhancer.stft.sample_rate
    try:
        sound.check_input_settings(devices[0], channels, "float32", None, own)
        sound.check_output_settings(devices[1], channels, "float32", None, own)
    except sound.PortAudioError:
        return round(sound.query_devices(devices[0], "input")["default_samplerate"])
    return own


def _device(place: str) -> Device:
    """The device after "mic:" or "speaker:"."""
    _, _, name = place.partition(":")
    return int(name) if name.isdecimal() else name or None
