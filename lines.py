"""Apply line enhancers to tones in noise, or to a recording: see conf/lines.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write gain.csv, the audio, report.md and report.html, and print the table.

    With draw=true or render=true write only plan.csv, and with render=true the mixtures.
    """
    from command.check import check
    from command.entry import output_folder, save_config
    from command.lines import enhance, write_mixtures
    from command.lines_schema import LinesConfig

    check(cfg, LinesConfig)
    if cfg.draw or cfg.render:
        write_mixtures(cfg, output_folder())
        return
    enhance(cfg, output_folder())
    save_config(cfg, output_folder())


if __name__ == "__main__":
    begin(main, "lines", alone=True)
