"""TIMIT (LDC93S1): {TRAIN,TEST}/DR*/SPEAKER/SENTENCE.WAV, in either case, SPHERE or RIFF headers."""

from collections.abc import Sequence
from pathlib import Path

from datagen.corpora.layout import audio_files, existing, known, nonempty
from datagen.recordings import Recording

EXPECTED = "TIMIT's layout {TRAIN,TEST}/DR1..DR8/SPEAKER/SENTENCE.WAV"
REMEDY = "TIMIT is licensed by the LDC (LDC93S1); 'python download.py corpus=timit' says where to ask"


def timit(root: str, subsets: Sequence[str], sa: bool = False) -> list[Recording]:
    """Recordings of `subsets` ("train", "test"); source is the speaker.

    SA1 and SA2 are the same two sentences from every speaker. They are left out unless `sa`, and then serve in the
    training split alone, so that no sentence crosses splits through them.
    Raises FileNotFoundError where the layout is not there, ValueError for an unknown subset.
    """
    folder = existing(root, EXPECTED, REMEDY)
    chosen = known(subsets, ("train", "test", "TRAIN", "TEST"), f"subsets of {root}")
    return [recording for subset in chosen for recording in _subset(folder, subset.lower(), sa)]


def _subset(folder: Path, subset: str, sa: bool) -> list[Recording]:
    parts = {path: path.relative_to(folder).parts for path in audio_files(folder) if path.suffix.lower() == ".wav"}
    within = [path for path, names in parts.items() if len(names) == 4 and names[0].lower() == subset]
    # Some copies hold SA1.WAV (SPHERE) and SA1.WAV.wav (RIFF) side by side: the shorter name stands for both.
    unique = {_name(path, folder): path for path in sorted(within, key=lambda path: (-len(path.name), path))}
    nonempty(list(unique), folder / subset, EXPECTED)
    with_sa = sa and subset == "train"
    return [_recording(name, path) for name, path in sorted(unique.items()) if with_sa or not _is_sa(name)]


def _name(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    return "/".join([*parts[:-1], parts[-1].split(".")[0]]).lower()


def _recording(name: str, path: Path) -> Recording:
    speaker = name.split("/")[2]
    only = "train" if _is_sa(name) else ""
    return Recording(f"timit/{name}", str(path), f"timit/{speaker}", sex=speaker[0].upper(), only=only)


def _is_sa(name: str) -> bool:
    return name.split("/")[-1] in ("sa1", "sa2")
