"""Raw samples: their bytes, and enhance.py as a filter between standard input and output."""

import io
import os
import signal
import subprocess
import sys
import threading

import forked
import numpy as np
import pytest
import soundfile
from test_enhanced_signal import made, noise
from tiny_run import RATE, ROOT

from audio.raw import FORMATS, RawForm, RawReader
from enhancing.delay import delay_s
from enhancing.signal import Wish, enhanced_blocks

STEP = {"u8": 2.0**-7, "s16": 2.0**-15, "s24": 2.0**-23, "s32": 2.0**-31, "f32": 2.0**-23}


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_of_any_format_are_the_samples(name):
    form = RawForm(name, 3)
    samples = np.random.default_rng(0).uniform(-1, 0.99, (50, 3))
    data = form.packed(samples)
    assert len(data) == 50 * form.size
    step = STEP[name.removesuffix("le").removesuffix("be")]
    assert np.abs(form.floats(data) - samples).max() <= step / 2
    assert form.packed(form.floats(data)) == data


@pytest.mark.parametrize("name", ["s16le", "s16be", "s32le", "f32be"])
def test_the_bytes_are_those_of_libsndfile(name):
    samples = np.random.default_rng(0).integers(-(2**15), 2**15, (20, 2)) / 2**15
    file = io.BytesIO()
    subtype = {"s16": "PCM_16", "s32": "PCM_32", "f32": "FLOAT"}[name[:3]]
    endian = "LITTLE" if name.endswith("le") else "BIG"
    whole = (samples * 2**31).astype(np.int64).clip(-(2**31), 2**31 - 1).astype(np.int32)
    given = samples if subtype == "FLOAT" else whole
    soundfile.write(file, given, 8000, subtype, endian, "RAW")
    assert RawForm(name, 2).packed(samples) == file.getvalue()


def test_full_scale_is_where_it_belongs():
    ends = np.array([[-1.0], [0.0], [2.0]])
    assert RawForm("s24be", 1).packed(ends) == bytes.fromhex("800000 000000 7fffff")
    assert RawForm("s24le", 1).packed(ends) == bytes.fromhex("000080 000000 ffff7f")
    assert RawForm("u8", 1).packed(ends) == bytes.fromhex("00 80 ff")
    assert RawForm("s16le", 1).packed(ends) == bytes.fromhex("0080 0000 ff7f")


class Trickle:
    """A stream of bytes of which little is there at once."""

    def __init__(self, data, size):
        self.data, self.size = io.BytesIO(data), size

    def read1(self, _):
        return self.data.read(self.size)


@pytest.mark.parametrize("size", [1, 5, 7, 1000])
def test_chunks_may_end_anywhere(size):
    form = RawForm("s24le", 2)
    data = form.packed(noise(30, 2))
    reader = RawReader(Trickle(data + b"xx", size), form)
    assert np.array_equal(np.concatenate(list(reader.blocks())), form.floats(data))
    assert reader.left_over == 2


def test_what_is_no_raw_audio_is_refused():
    file = io.BytesIO()
    soundfile.write(file, noise(100), 8000, format="WAV")
    with pytest.raises(ValueError, match=r"begins with RIFF, .* give input=FILE"):
        list(RawReader(Trickle(file.getvalue(), 1), RawForm("s16le", 1)).blocks())
    for value in (np.nan, 1e9):
        bad = np.array([0.0, value], "<f4").tobytes()
        with pytest.raises(ValueError, match="f32le"):
            list(RawReader(Trickle(bad, 64), RawForm("f32le", 1)).blocks())


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("seconds", [0.003, 0.25])
def test_nothing_is_held_back_longer_than_is_said(rate, keep, seconds):
    """Samples come in chunks of so many seconds; what is due has come before the next one is."""
    wish = Wish(None, keep)
    late = delay_s(made(), rate, wish) * rate
    samples = noise(int(1.5 * rate))
    size = int(seconds * rate)
    given = came = 0

    def chunks():
        nonlocal given
        for at in range(0, len(samples), size):
            assert came >= given - late
            given += len(samples[at : at + size])
            yield samples[at : at + size]

    for block in enhanced_blocks(made(), chunks(), rate, wish):
        came += len(block)
    assert came == len(samples)


def pipe(run, *typed):
    command = [sys.executable, str(ROOT / "enhance.py"), "input=-", "output=-", f"run={run}"]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([*command, *typed], **streams)


@pytest.mark.slow
def test_a_pipe_of_a_minute_in_odd_chunks_is_the_file(whole, tmp_path):
    rate, rng = 11025, np.random.default_rng(0)
    samples = noise(60 * rate)
    soundfile.write(tmp_path / "in.wav", samples, rate)
    data = soundfile.read(tmp_path / "in.wav", dtype="int16")[0].astype("<i2").tobytes()
    with pipe(whole, f"rate={rate}") as filtering:

        def feed():
            at = 0
            while at < len(data):
                size = int(rng.integers(1, 30000))
                filtering.stdin.write(data[at : at + size])
                filtering.stdin.flush()
                at += size
            filtering.stdin.close()

        threading.Thread(target=feed).start()
        enhanced = np.frombuffer(filtering.stdout.read(), "<i2")
        said = filtering.stderr.read().decode()
    assert filtering.returncode == 0
    assert "ms late" in said and "60.00 s" in said
    typed = [f"input={tmp_path / 'in.wav'}", f"run={whole}", f"output={tmp_path / 'out'}"]
    assert forked.Script("enhance", tmp_path / "told", typed).wait() == 0
    file = soundfile.read(tmp_path / "out/in.wav", dtype="int16")[0]
    assert len(enhanced) == len(file)
    assert np.abs(enhanced.astype(int) - file).max() <= 1


def test_sound_comes_out_while_more_goes_in(whole):
    """And where nobody reads on, the filter ends as others do."""
    with pipe(whole, f"rate={RATE}", "format=f32le") as filtering:
        second = noise(RATE).astype("<f4").tobytes()
        os.write(filtering.stdin.fileno(), second)
        came = filtering.stdout.read(4 * (RATE - 800))  # 0.1 s; it waits for ever for what is held
        assert np.isfinite(np.frombuffer(came, "<f4")).all()
        filtering.stdout.close()
        with pytest.raises(BrokenPipeError):
            while True:
                os.write(filtering.stdin.fileno(), second)
        assert filtering.wait(60) == 128 + signal.SIGPIPE
        assert "Traceback" not in filtering.stderr.read().decode()
