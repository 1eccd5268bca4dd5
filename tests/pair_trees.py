"""Trees of pairs in the layouts of known test sets, made of known audio."""

from pathlib import Path

import numpy as np
import soundfile

RATE = 8000


def voice(number: int, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    pitch = 110 + 20 * number
    tones = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 8))
    return 0.1 * tones * (1.1 + np.sin(2 * np.pi * 3 * time))


def noise(like: np.ndarray, snr_db: float, seed: int = 0) -> np.ndarray:
    white = np.random.default_rng(seed).standard_normal(len(like))
    return white * np.sqrt(np.sum(like**2) / np.sum(white**2) * 10 ** (-snr_db / 10))


def wav(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32")[0]


def by_name(root: Path, count: int = 3, snr_db: float = 7.0) -> Path:
    """clean/a0.wav and mixture/a0.wav, and so on."""
    for number in range(count):
        clean = voice(number)
        wav(root / f"clean/a{number}.wav", clean)
        wav(root / f"mixture/a{number}.wav", clean + noise(clean, snr_db, number))
    return root


def voicebank(root: Path) -> Path:
    lines = []
    for number, (name, kind, snr) in enumerate(
        [("p232_001", "bus", 2.5), ("p232_002", "cafe", 7.5), ("p257_001", "bus", 17.5)]
    ):
        clean = voice(number)
        wav(root / f"clean_testset_wav/{name}.wav", clean)
        wav(root / f"noisy_testset_wav/{name}.wav", clean + noise(clean, snr, number))
        lines.append(f"{name} {kind} {snr}\n")
    (root / "log_testset.txt").write_text("".join(lines))
    return root


def dns(root: Path) -> Path:
    for number, snr in enumerate([15, -3, 0]):
        clean = voice(number)
        wav(root / f"clean/clean_fileid_{number}.wav", clean)
        name = f"clnsp{number}_train_69005_1_snr{snr}_tl-21_fileid_{number}"
        wav(root / f"noisy/{name}.wav", clean + noise(clean, snr, number))
    return root


def noizeus(root: Path) -> Path:
    for number in (1, 2):
        clean = voice(number)
        wav(root / f"clean/sp0{number}.wav", clean)
        for kind, snr in (("airport", 5), ("train", 10)):
            name = f"{kind}_{snr}dB/sp0{number}_{kind}_sn{snr}.wav"
            wav(root / name, clean + noise(clean, snr, number))
    return root
