"""From a config with plan=lines to tonal mixtures, and with experiment=lines to the page of line enhancement."""

import platform
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from datagen.tones import Interferer, TonalProtocol, draw_tonal_rows, render_tonal
from dsp.tone import Tone
from files.atomic import write_atomic
from options.build import build
from reporting.pages.line_report import write_line_report
from reporting.scoring.lines import Candidate, Study, enhance_recording, score_lines, write_signals


def evaluate_lines(cfg: DictConfig, folder: Path) -> None:
    """Put line enhancers on tones in noise, or on a recording, and write the page to `folder`."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small networks: times are of one core
    try:
        table, shown, sample_rate = _recording(cfg, folder) if cfg.wav else _studies(cfg, folder)
    finally:
        torch.set_num_threads(threads)
    about = {
        "command": " ".join(["evaluate.py", *HydraConfig.get().overrides.task]),
        "seed": str(cfg.seed),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {version(name)}" for name in ("torch", "numba", "numpy", "scipy")),
    }
    print(write_line_report(table, shown, sample_rate, about, folder))
    print(f"Report: {folder / 'report.html'}")


def _recording(cfg: DictConfig, folder: Path) -> tuple:
    tones = [Tone(hz) for hz in cfg.wav_tones_hz]
    systems = {name: OmegaConf.to_container(cfg.lines.systems[name], resolve=True) for name in cfg.lines.recording}
    return enhance_recording(Path(cfg.wav), tones, partial(_candidates, systems, {}), folder)


def _studies(cfg: DictConfig, folder: Path) -> tuple:
    lines, plan = (OmegaConf.to_container(cfg[name], resolve=True) for name in ("lines", "plan"))
    studies = [_study(name, study, plan, lines) for name, study in lines["studies"].items()]
    gains, shown = score_lines(studies, cfg.seed, folder)
    return gains, shown, studies[0].protocol.sample_rate


def generate_lines(cfg: DictConfig, folder: Path) -> int:
    """Write the plan of tonal mixtures to `folder`, with render=true their audio; returns how many there are."""
    plan = OmegaConf.to_container(cfg.plan, resolve=True)
    protocol, rows = _protocol(plan), draw_tonal_rows(plan["snr_db"], plan["draws"])
    for row in rows.itertuples() if cfg.render else ():
        parts = render_tonal(protocol, row.snr_db, row.draw, cfg.seed)
        write_signals(parts, folder / "test", row.mixture_id, protocol.sample_rate, cfg.render_format)
    write_atomic(folder / "plan.csv", rows.to_csv(index=False))
    return len(rows)


def _protocol(plan: Mapping[str, Any]) -> TonalProtocol:
    return TonalProtocol(
        tones=[Tone(**tone) for tone in plan["tones"]],
        noise=plan["noise"],
        interferers=[Interferer(**interferer) for interferer in plan["interferers"]],
        sample_rate=plan["sample_rate"],
        duration_s=plan["duration_s"],
    )


def _study(name: str, study: Mapping[str, Any], plan: Mapping[str, Any], lines: Mapping[str, Any]) -> Study:
    changed = {**plan, **study["plan"]}
    protocol = _protocol(changed)
    systems = {system: lines["systems"][system] for system in study["systems"]}
    candidates = _candidates(systems, study["vary"], protocol.sample_rate)
    written = 0 if study["vary"] else lines["audio_draws"]
    return Study(name, protocol, changed["snr_db"], changed["draws"], candidates, written)


def _candidates(
    systems: Mapping[str, Mapping[str, Any]], vary: Mapping[str, Sequence], sample_rate: int
) -> list[Candidate]:
    """Every system under every value gone through, where it has that option; built once, so that errors come first."""
    found = []
    for name, node in systems.items():
        (option, values), *_ = [*vary.items(), ("", [None])]
        for value in values if option in node else [None]:
            changed = {**node, option: value} if option in node else dict(node)
            make = partial(build, changed, "models.baselines", sample_rate=sample_rate)
            make()
            found.append(Candidate(name, changed, make))
    return found
