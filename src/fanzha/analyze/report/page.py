"""Load the templates of reports: one style, two languages, no script and no request."""

from importlib.resources import files

import jinja2
from markupsafe import Markup

from fanzha.base.words import Words


def load_template(name: str) -> jinja2.Template:
    """Return a template of this folder; its filter `both` renders bilingual texts."""
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(lambda file: files(__package__).joinpath(file).read_text("utf-8")),
    )
    environment.filters["both"] = bilingual
    return environment.get_template(name)


def bilingual(words: Words) -> Markup:
    """Render a bilingual text; the style sheet hides the other language."""
    return Markup('<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>').format(words[0], words[1])
