"""Small corpora in the layouts of the real ones, made of modulated noise, for the tests."""

from pathlib import Path

import numpy as np
import soundfile

from datagen.corpora.corpus import Corpus
from datagen.recordings import Recording

RATE = 16000
TRAIN_SPEAKERS, TEST_SPEAKERS = ("14", "16", "17", "19", "20", "22"), ("901", "902")
COUNTS = {"train": 6, "validation": 3, "test": 8}  # mixtures of a small plan
UNSEEN = ("babble", "buccaneer1", "factory2", "m109", "white")
ESC50_CLIPS = (
    ("1-1001-A-38.wav", "clock_tick"),
    ("1-1001-B-38.wav", "clock_tick"),
    ("2-1002-A-25.wav", "footsteps"),
    ("3-1003-A-0.wav", "dog"),
    ("5-1004-A-28.wav", "snoring"),
)


class Listed(Corpus):
    """A corpus of the recordings that it is given."""

    def __init__(self, given: list[Recording]):
        self.given = given

    def recordings(self) -> list[Recording]:
        return self.given


def speech_like(seconds: float, seed: int, rate: int = RATE) -> np.ndarray:
    """Noise whose level rises and falls a few times a second: [time], never silent, peak 0.5."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    envelope = 0.05 + np.sin(np.pi * (2 + rng.random()) * time + rng.random()) ** 2
    signal = envelope * np.convolve(rng.standard_normal(time.size), np.ones(4), "same")
    return 0.5 * signal / np.abs(signal).max()


def steady(seconds: float, seed: int, rate: int = RATE) -> np.ndarray:
    """Stationary noise: [time], -26 dB."""
    return 0.05 * np.random.default_rng(seed).standard_normal(round(seconds * rate))


def write(path: Path, signal: np.ndarray, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, signal, rate, subtype=subtype)
    return path


def librispeech_tree(root: Path) -> Path:
    """Six training speakers and two test speakers with three utterances of 1.5 to 4 s each."""
    lines = ["; reader_id | SEX | SUBSET", ";ID  |SEX| SUBSET           |MINUTES| NAME"]
    subsets = {"train-clean-100": TRAIN_SPEAKERS, "test-other": TEST_SPEAKERS}
    for subset, speakers in subsets.items():
        for number, speaker in enumerate(speakers):
            lines.append(
                f"{speaker:<4} | {'FM'[number % 2]} | {subset:<16} | 25.00 | A Name | with a bar"
            )
            for utterance in range(3):
                seconds = 1.5 + (number * 3 + utterance) * 2.5 / 17
                path = root / subset / speaker / "100" / f"{speaker}-100-{utterance:04d}.flac"
                write(path, speech_like(seconds, int(speaker) * 10 + utterance))
    (root / "SPEAKERS.TXT").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def esc50_tree(root: Path) -> Path:
    rows = ["filename,fold,target,category,esc10,src_file,take"]
    for number, (name, category) in enumerate(ESC50_CLIPS):
        fold, source, take, target = name[:-4].split("-")
        rows.append(f"{name},{fold},{target},{category},False,{source},{take}")
        clip = steady(2.0, 500 + number)
        clip[20000:] = 0  # clips of the real one are padded with zeros too
        write(root / "audio" / name, clip)
    (root / "meta").mkdir()
    (root / "meta" / "esc50.csv").write_text("\n".join(rows) + "\n")
    return root


def data_tree(root: Path) -> Path:
    """A data_root for experiment=librispeech."""
    librispeech_tree(root / "speech" / "librispeech")
    esc50_tree(root / "noise" / "esc50")
    for number in range(3):
        write(
            root / "noise" / "nonspeech115" / f"n{number + 1}.wav",
            steady(1.0 + number, 700 + number),
        )
    for number, name in enumerate(UNSEEN):
        write(root / "noise" / "noisex92" / f"{name}.wav", steady(3.0, 800 + number))
    return root


def sphere(samples: np.ndarray, rate: int = RATE) -> bytes:
    """A file as the LDC's TIMIT holds it.

    1024 bytes of NIST SPHERE header, then little-endian 16-bit samples.
    """
    fields = (
        ("database_id", "-s5", "TIMIT"),
        ("database_version", "-s3", "1.0"),
        ("utterance_id", "-s8", "cjf0_sa1"),
        ("channel_count", "-i", 1),
        ("sample_count", "-i", len(samples)),
        ("sample_rate", "-i", rate),
        ("sample_min", "-i", int(samples.min())),
        ("sample_max", "-i", int(samples.max())),
        ("sample_n_bytes", "-i", 2),
        ("sample_byte_format", "-s2", "01"),
        ("sample_sig_bits", "-i", 16),
    )
    text = (
        "NIST_1A\n   1024\n"
        + "".join(f"{name} {kind} {value}\n" for name, kind, value in fields)
        + "end_head\n"
    )
    return text.encode().ljust(1024, b" ") + samples.astype("<i2").tobytes()


def pcm(signal: np.ndarray) -> np.ndarray:
    return np.rint(signal * 32768).clip(-32768, 32767).astype(np.int16)


def timit_tree(root: Path, sentences: tuple = ("SA1", "SX37", "SI648"), upper: bool = True) -> Path:
    """TIMIT's tree, {TRAIN,TEST}/DR*/SPEAKER/SENTENCE.WAV, in either case."""
    speakers = {
        "TRAIN": ("DR1/FCJF0", "DR1/MCPM0", "DR2/FAEM0", "DR2/MARC0"),
        "TEST": ("DR1/FAKS0", "DR2/MDAB0"),
    }
    for part, folders in speakers.items():
        for number, folder in enumerate(folders):
            for position, sentence in enumerate(sentences):
                name = f"{part}/{folder}/{sentence}.WAV"
                path = root / (name if upper else name.lower())
                path.parent.mkdir(parents=True, exist_ok=True)
                seed = 100 * number + position + 50 * (part == "TEST")
                path.write_bytes(sphere(pcm(speech_like(1.2, seed))))
                path.with_suffix(".PHN" if upper else ".phn").write_text("0 19200 h#\n")
    return root


def rendered(folder: Path, row, part: str, suffix: str = "flac") -> np.ndarray:
    """The samples of one part of a rendered row, read without the project."""
    samples, rate = soundfile.read(
        folder / row.split / part / f"{row.mixture_id}.{suffix}", dtype="int16"
    )
    assert rate == RATE
    return samples.astype(np.int64)


def own_folders(root, speakers=4):
    """Corpora of experiment=folders in which nothing is wrong."""
    rng = np.random.default_rng(0)
    for number in range(2 * speakers):
        speech = speech_like(1.5, number) + 1e-3 * rng.standard_normal(round(1.5 * RATE))
        speech[:4000] = 1e-3 * rng.standard_normal(4000)
        write(root / f"speech/s{number // 2}/u{number % 2}.wav", 0.5 * speech)
    for number, name in enumerate(("seen/a", "seen/b", "unseen/c")):
        write(root / f"noise/{name}.wav", steady(2, 90 + number))
    return root
