"""A cache of figures: what has been drawn once is not drawn again."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

from files.atomic import write_atomic
from files.fingerprint import of_sources, of_values
from reporting.figures.drawing import Drawing

CODE = ("reporting", "metrics", "text")  # packages that decide how figures look


def cached_drawings(
    shows: Any, draw: Callable[[], list[Drawing]], cache: Path | None
) -> list[Drawing]:
    """The result of `draw`, cached under `cache`; without a cache it is drawn every time.

    shows: plain values that decide the figures, beside our code and Matplotlib.
    """
    if cache is None:
        return draw()
    key = of_values(shows, of_sources(*CODE), matplotlib.__version__)
    path = cache / "figures" / f"{key}.json"
    try:
        return [_unpacked(one) for one in json.loads(path.read_bytes())]
    except (FileNotFoundError, ValueError, TypeError):  # missing, cut short or damaged
        drawn = draw()
        write_atomic(path, json.dumps([_packed(one) for one in drawn]))
        return drawn


def _packed(drawing: Drawing) -> dict[str, str]:
    return drawing._replace(png=b64encode(drawing.png).decode())._asdict()


def _unpacked(packed: dict[str, str]) -> Drawing:
    drawing = Drawing(**packed)
    return drawing._replace(png=b64decode(drawing.png, validate=True))
