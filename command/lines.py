"""From the config of lines.py to the page of line enhancement, or to files of tonal mixtures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command.about import machine, typed_command, version_line
from datagen.tones import Interferer, RandomTones, TonalProtocol, draw_tonal_rows, render_tonal
from dsp.tone import Tone
from files.atomic import write_atomic
from models.system import Enhancing
from options.build import build
from parallel.threads import one_thread
from reporting.pages.line_report import write_line_report
from reporting.scoring.line_gains import Candidate
from reporting.scoring.lines import (
    Outcome,
    Study,
    enhance_recording,
    read_recording,
    score_studies,
    write_signals,
)

PACKAGES = ("torch", "numba", "numpy", "scipy")


def enhance(cfg: DictConfig, folder: Path) -> None:
    """Apply line enhancers to tones in noise, or to a recording.

    The page is written to `folder`, and its table printed.
    """
    options = OmegaConf.to_container(cfg, resolve=True)
    score = _of_recording if cfg.wav else _of_studies
    with one_thread():
        outcome = score(options, folder)
    table = write_line_report(outcome, _about(cfg), folder)
    print(table)
    print(f"Report: {folder / 'report.html'}")


def write_mixtures(cfg: DictConfig, folder: Path) -> None:
    """Write the plan of tonal mixtures to `folder`, and print its number of rows.

    With render=true their audio is written, too.
    """
    plan = OmegaConf.to_container(cfg.plan, resolve=True)
    rows = draw_tonal_rows(plan["snr_db"], plan["draws"])
    if cfg.render:
        _render(rows, protocol(plan), cfg, folder / "test")
    write_atomic(folder / "plan.csv", rows.to_csv(index=False))
    print(f"{len(rows)} tonal mixtures: {folder}")


def _render(rows: pd.DataFrame, tonal: TonalProtocol, cfg: DictConfig, folder: Path) -> None:
    """Write the audio of the plan's `rows`."""
    for row in rows.itertuples():
        signals = render_tonal(tonal, row.snr_db, row.draw, cfg.seed)
        write_signals(signals, folder, row.mixture_id, tonal.sample_rate, cfg.render_format)


def protocol(plan: Mapping[str, Any]) -> TonalProtocol:
    """The common settings of all mixtures of the option `plan`."""
    tones = [Tone(**options) for options in plan["tones"]]
    interferers = [Interferer(**options) for options in plan["interferers"]]
    random = plan["random_tones"]
    return TonalProtocol(
        tones=tones,
        noise=plan["noise"],
        interferers=interferers,
        sample_rate=plan["sample_rate"],
        duration_s=plan["duration_s"],
        random_tones=RandomTones(**random) if random else None,
    )


def _of_studies(options: Mapping[str, Any], folder: Path) -> Outcome:
    studies = []
    for name, study in options["studies"].items():
        studies.append(_study(name, study, options))
    return score_studies(studies, options["seed"], folder)


def _study(name: str, study: Mapping[str, Any], options: Mapping[str, Any]) -> Study:
    plan = {**options["plan"], **study["plan"]}
    tonal = protocol(plan)
    vary = study["vary"]
    candidates = _candidates(study["systems"], vary, options["systems"], tonal.sample_rate)
    return Study(
        name=name,
        protocol=tonal,
        snrs_db=plan["snr_db"],
        draws=plan["draws"],
        candidates=candidates,
        written=0 if vary else options["audio_draws"],
    )


def _of_recording(options: Mapping[str, Any], folder: Path) -> Outcome:
    path = Path(options["wav"])
    tones = [Tone(hz) for hz in options["wav_tones_hz"]]
    mixture = read_recording(path, tones)
    names = options["recording"]
    candidates = _candidates(names, {}, options["systems"], mixture.sample_rate)
    return enhance_recording(mixture, candidates, path.stem, folder)


def _candidates(
    names: Sequence[str],
    vary: Mapping[str, Sequence],
    systems: Mapping[str, Mapping[str, Any]],
    sample_rate: int,
) -> list[Candidate]:
    """The systems of these `names`, each with all of its settings."""
    candidates = []
    for name in names:
        for setting in _settings(systems[name], vary):
            system = build(setting, Enhancing, within="models.baselines", sample_rate=sample_rate)
            candidates.append(Candidate(name, setting, system))
    return candidates


def _settings(system: Mapping[str, Any], vary: Mapping[str, Sequence]) -> list[dict[str, Any]]:
    """`system` with every value of the option that a study varies.

    If it lacks that option, it stays unchanged.
    """
    for option, values in vary.items():  # at most one option
        if option in system:
            return [{**system, option: value} for value in values]
    return [dict(system)]


def _about(cfg: DictConfig) -> dict[str, str]:
    return {
        "command": typed_command("lines"),
        "seed": str(cfg.seed),
        "machine": machine(),
        "versions": version_line(PACKAGES),
    }
