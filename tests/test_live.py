"""Live sound, with a stand-in for the sound devices."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from test_enhance import enhanced  # noqa: F401 a fixture
from test_enhanced_signal import noise
from tiny_run import RATE

from command.sound_devices import list_devices


class PortAudioError(Exception):
    """As sounddevice raises it."""


class Devices:
    """A microphone that hears `sound` at the rates that it takes, and a loudspeaker."""

    PortAudioError = PortAudioError

    def __init__(self, sound, rates):
        self.sound, self.rates = sound, rates
        self.played, self.opened = [], {}

    def query_devices(self, device=None, kind=None):
        assert kind in (None, "input", "output")
        if device == "none":
            raise ValueError("No input device matching 'none'")
        return {"default_samplerate": float(self.rates[-1])}

    def check_input_settings(self, device, channels, dtype, extra, rate):
        if rate not in self.rates:
            raise PortAudioError("Invalid sample rate")

    check_output_settings = check_input_settings

    def Stream(self, **opened):  # noqa: N802 its name
        self.opened = opened
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def read(self, hop):
        block, self.sound = self.sound[:hop], self.sound[hop:]
        if len(block) < hop:
            raise KeyboardInterrupt
        return block.astype(np.float32), len(self.sound) == 0

    def write(self, block):
        assert block.dtype == np.float32 and block.flags.c_contiguous
        self.played.append(block)


@pytest.fixture
def devices(monkeypatch):
    def set_up(sound, rates):
        stand_in = Devices(sound, rates)
        monkeypatch.setitem(sys.modules, "sounddevice", stand_in)
        return stand_in

    return set_up


def test_what_is_heard_is_played_a_window_later(enhanced, devices, tmp_path):  # noqa: F811
    sound = noise(RATE, 2)
    there = devices(sound, [RATE])
    lines = enhanced("input=mic:3", "output=speaker:USB", "channels=2")
    assert there.opened["device"] == (3, "USB")
    assert there.opened["samplerate"] == RATE
    assert "1 times sound was lost" in lines[-1]
    played = np.concatenate(there.played)
    window = 2 * there.opened["blocksize"]
    assert len(sound) - window - there.opened["blocksize"] <= len(played) <= len(sound)


def test_a_device_of_another_rate_is_taken_at_its_own(enhanced, devices):  # noqa: F811
    there = devices(noise(44100), [44100])
    enhanced("input=mic", "output=speaker")
    assert there.opened["samplerate"] == 44100
    assert there.opened["device"] == (None, None)


def test_what_is_not_there_is_said(enhanced, devices, monkeypatch):  # noqa: F811
    run = f"run={enhanced.run}"
    devices(noise(10), [RATE])
    line = enhanced.refused("input=mic:none", "output=speaker", run)
    assert "No input device matching 'none'; python enhance.py --list-devices" in line
    assert "give output=speaker" in enhanced.refused("input=mic", run)
    assert "it needs input=mic" in enhanced.refused("input=a.wav", "output=speaker", run)
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert "the extra 'live': pip install" in enhanced.refused("input=mic", "output=speaker", run)
    with pytest.raises(SystemExit, match="the extra 'live'"):
        list_devices()


def test_devices_are_listed(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sounddevice", SimpleNamespace(query_devices=lambda: "0 mic"))
    list_devices()
    assert capsys.readouterr().out == "0 mic\n"


def test_what_goes_wrong_beside_the_devices_is_not_blamed_on_them(
    enhanced,  # noqa: F811
    devices,
    monkeypatch,
):
    devices(noise(RATE), [RATE])

    def breaks(*_):
        raise ValueError("of the network")

    monkeypatch.setattr("command.raw_enhancing.enhanced_blocks", breaks)
    assert "--list-devices" not in enhanced.refused("input=mic", "output=speaker")
