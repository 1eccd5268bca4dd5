"""Fills the templates of reporting/pages/templates."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from files.atomic import write_atomic
from metrics.known import facts
from reporting.figures.drawing import Drawing, write_drawings
from reporting.tables import markdown
from reporting.tables.runs import COST_HEADS

TEMPLATES = Path(__file__).parent / "templates"


def heads(scores: Iterable[str]) -> dict[str, str]:
    """Column heads of a page's tables: of costs, and of `scores` by their facts."""
    return COST_HEADS | {score: facts(score).head for score in scores}


def definitions(scores: Iterable[str]) -> dict[str, str]:
    """The definition of each of `scores`, on a line, by its label."""
    return {facts(score).label: facts(score).described() for score in scores}


def breakable(text: Any) -> Markup:
    """`text` escaped for HTML, whose lines may break after an underscore.

    >>> breakable("spectral_subtraction<")
    Markup('spectral_<wbr>subtraction&lt;')
    """
    return Markup("_<wbr>").join(str(text).split("_"))


def rendered(template: str, page: dict[str, Any], escape: bool = True, **beside: Any) -> str:
    """`template` filled with the values of `page` and `beside`.

    escape: escapes text from outside for HTML. Raises an error of jinja2 for a missing value.
    """
    return _environment(escape).get_template(template, globals=beside).render(page)


@cache
def _environment(escape: bool) -> Environment:
    """Keeps compiled templates: compiling all of a report takes 0.1 s."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=escape,
        undefined=StrictUndefined,
    )
    environment.globals["isnan"] = pd.isna
    environment.filters["breakable"] = breakable
    return environment


def render_pages(
    template: str,
    page: Mapping[str, Any],
    drawn: Sequence[Drawing],
    folder: Path,
) -> None:
    """Write report.html and report.md to `folder`, and the drawings to its folder `figures`.

    template: the name of both templates. Values in the HTML are escaped.
    """
    write_drawings(drawn, folder / "figures")
    shown = {**page, "drawings": drawn}
    for suffix in ("html", "md"):
        text = rendered(
            f"{template}.{suffix}.j2",
            shown,
            escape=suffix == "html",  # Markdown is escaped by reporting.tables.markdown
            markdown=markdown,
        )
        write_atomic(folder / f"report.{suffix}", text)
