"""What stands beside the versions for readers: the way to the newest, and the status of every figure."""

from collections.abc import Collection, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.publishing.history import History
from generator.settings import Settings
from generator.text import shown

#: The script that shows a figure's status on pages that no longer change, by its path below the root.
STATUS_SCRIPT = "assets/status.js"


def page_templates(root: Path, settings: Settings) -> Environment:
    """The templates of the pages at the published root."""
    made = Environment(
        loader=FileSystemLoader(root / "templates" / "published"),
        autoescape=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    made.globals["settings"] = settings
    return made


def redirect(target: str, templates: Environment) -> bytes:
    """The page that leads from the root to a version."""
    return templates.get_template("redirect.html").render(target=f"{target}/").encode()


def status_files(
    root: Path, history: History, newest: str, compared: Collection[str], templates: Environment
) -> dict[str, bytes]:
    """A page for each figure, with what is known today of every version of it, and the script that quotes it.

    `compared` are the releases that have a page of what they changed.
    """
    values = {"newest": newest, "compared": compared}
    template = templates.get_template("status.html")
    pages = {
        f"status/{figure.id}/index.html": template.render(figure=figure, **values).encode()
        for figure in history.values()
    }
    return {**pages, STATUS_SCRIPT: (root / "templates" / STATUS_SCRIPT).read_bytes()} if pages else {}


def sitemap(releases: Sequence[str], settings: Settings) -> bytes:
    """The index of the sitemaps of all releases; previews are for nobody to find."""
    entries = "".join(f"  <sitemap><loc>{settings.address}{name}/sitemap.xml</loc></sitemap>\n" for name in releases)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'
    ).encode()
