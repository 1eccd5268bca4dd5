"""Draw a mixing plan from corpora of speech and noise, and render it on request.

See conf/generate.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from pathlib import Path

    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write plan.csv, speech.csv and noise.csv; with render=true the audio and rendered.csv too.

    With audit=true write only the audit of the corpora: audit.csv, audit_files.csv and audit.html.
    """
    from command.check import check
    from command.entry import CONF, output_folder
    from command.experiment import require_experiment
    from command.generate_schema import GenerateConfig

    check(cfg, GenerateConfig)
    require_experiment(cfg, CONF, "generate")
    _generate(cfg, output_folder())


def _generate(cfg: DictConfig, folder: Path) -> None:
    from command.audit import audit  # this and the next imports take seconds
    from command.drawing import draw
    from command.rendering import render
    from datagen import from_config

    if cfg.audit:
        audit(cfg, folder)
        return
    drawer = from_config.drawer(cfg)
    plan = draw(cfg, drawer)
    if cfg.render:
        render(cfg, plan, drawer.library, folder)
    else:
        plan.save(folder)
    hours = plan.rows.length.sum() / cfg.sample_rate / 3600
    print(f"{len(plan.rows)} mixtures, {hours:.2f} h: {folder}")


if __name__ == "__main__":
    begin(main, "generate", alone=True)
