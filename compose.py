"""Write melodies with a trained run of task=melody: see conf/compose.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command.front import begin

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(cfg: DictConfig) -> None:
    """Write melody.mid and melody.wav, and on request perplexity.csv."""
    from command.check import check
    from command.composing_schema import ComposeConfig

    check(cfg, ComposeConfig)

    from command.composing import compose
    from command.entry import output_folder

    print(compose(cfg, output_folder()))


if __name__ == "__main__":
    begin(main, "compose")
