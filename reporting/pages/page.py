"""How a page is made of a template of reporting/templates and what it shows."""

from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, page: dict[str, Any], escape: bool = True, **beside: Any) -> str:
    """`template` filled with what `page` holds; templates see what stands `beside` too.

    escape: text from outside for HTML. Raises an error of jinja2 for what a template names and the
    page lacks.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=escape,
        undefined=StrictUndefined,
    )
    environment.globals.update(beside, isnan=pd.isna)
    return environment.get_template(template).render(page)
