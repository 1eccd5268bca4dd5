"""From a run to a folder for other runtimes."""

import json
from pathlib import Path

import numpy as np
from omegaconf import DictConfig

from audio.pcm import FULL_SCALE
from audio.whole import whole
from command.replaceable import require_replaceable
from exporting import example, example_sherpa
from exporting.definition import definition
from exporting.proof import built_in, differences_db, require_equal
from exporting.sherpa import SherpaStep
from exporting.step import FrameStep, onnx_bytes, require_runtime
from files.atomic import write_atomic
from files.replaced import replaced
from models.run import content_of, load_run
from models.stream import Stream

MODEL, ABOUT, EXAMPLE = "model.onnx", "model.json", "example.py"
FORMATS = {"onnx": (FrameStep, example), "sherpa": (SherpaStep, example_sherpa)}
OURS = {MODEL, ABOUT, EXAMPLE}


def export(cfg: DictConfig, output: Path) -> str:
    """Write the run `cfg.run` to `output` as ONNX after checking it; returns a line.

    Raises FileNotFoundError or ValueError if there is no run, it looks ahead, `output` holds
    anything else, or the exported network gives another signal.
    """
    require_runtime()
    require_replaceable(output, OURS, "exporting")
    run = Path(cfg.run).expanduser()
    stream = Stream(load_run(run))
    form, runs_it = FORMATS[cfg.format]
    step = form(stream)
    model = onnx_bytes(step)
    about = definition(step, content_of(run))
    proof = {}
    for name, samples in _signals(cfg.check, about["sample_rate"]).items():
        proof[name] = differences_db(step, model, about, samples)
        require_equal(proof[name], name)
    about["differences_db"] = proof
    with replaced(output) as folder:
        write_atomic(folder / MODEL, model)
        write_atomic(folder / ABOUT, json.dumps(about, indent=1) + "\n")
        write_atomic(folder / EXAMPLE, Path(runs_it.__file__).read_text(encoding="utf-8"))
    worst = max(max(differences.values()) for differences in proof.values())
    size = len(model) / 1e6
    return f"exported: {output / MODEL}, {size:.1f} MB, equal to PyTorch within {worst:.0f} dB"


def _signals(check: str | None, sample_rate: int) -> dict[str, np.ndarray]:
    """The signals on which the export is checked, by name: float32 [time]."""
    signals = {"built-in": built_in(sample_rate)}
    if check is not None:
        samples, _ = whole(check, sample_rate)
        signals[Path(check).name] = (samples / FULL_SCALE).astype(np.float32)
    return signals
