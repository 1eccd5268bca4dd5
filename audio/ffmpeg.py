"""Decodes audio that libsndfile does not read (AAC, MP4, WebM, WMA ...); needs the extra `formats`.

The extra brings PyAV, which carries FFmpeg.
"""

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from audio.header import Header

CODING = "FFmpeg"  # before the codec's name in `Header.coding`
NEVER = ("SILK", "OptimFROG")  # FFmpeg has no decoder for these


def reads(kind: str) -> bool:
    """Whether files of this `kind` (see audio.containers.content.recognise) are decoded here."""
    return could_read(kind) and find_spec("av") is not None


def could_read(kind: str) -> bool:
    """Whether files of this `kind` would be decoded here if the extra were installed."""
    return kind not in NEVER


def header(path: str) -> Header:
    """The header of a file; its length is known only after decoding.

    Raises ValueError with the reason where FFmpeg does not read the file, or finds no audio in it.
    """
    with FFmpegFile(path) as file:
        coding = f"{CODING} {file.codec.upper()}"
        return Header(path, file.samplerate, None, file.channels, coding, False, True)


class FFmpegFile:
    """The first audio track of a file, read in order, with the interface of soundfile.SoundFile.

    Raises ValueError with the reason where it cannot be decoded.
    """

    subtype = ""  # libsndfile's name for the coding: none applies

    def __init__(self, path: str):
        import av  # takes half a second, and is an extra

        self._refused = av.error.FFmpegError
        try:
            self._container = av.open(path)
        except self._refused as error:
            raise ValueError(_reason(error)) from error
        if not self._container.streams.audio:
            self._container.close()
            raise ValueError("holds no sound")
        self._stream = self._container.streams.audio[0]
        self.codec = self._stream.codec_context.name
        self.samplerate = self._stream.codec_context.sample_rate
        self.channels = self._stream.codec_context.channels
        self._form = av.AudioResampler("dblp")  # changes samples to floats, full scale 1
        self._blocks = self._decoded()
        self._held = np.zeros((0, self.channels))

    def __enter__(self) -> "FFmpegFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def read(self, frames: int, dtype: str = "float64", always_2d: bool = True) -> np.ndarray:
        """The next `frames` samples, fewer at the end of the file: [time, channel]."""
        parts = [self._held]
        count = len(self._held)
        while count < frames and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            count += len(block)
        together = np.concatenate(parts)
        self._held = together[frames:]
        return together[:frames].astype(dtype, copy=False)

    def _decoded(self) -> Iterator[np.ndarray]:
        try:
            for frame in self._container.decode(self._stream):
                for same in self._form.resample(frame):
                    yield same.to_ndarray().T
        except self._refused as error:
            raise ValueError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """The reason of an error of FFmpeg, in one line, without the name of the file."""
    return f"FFmpeg does not decode it ({getattr(error, 'strerror', None) or error})"
