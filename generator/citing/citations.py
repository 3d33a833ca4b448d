"""How a figure is cited: as text, BibTeX, CSL-JSON, Markdown and HTML, always by its lasting address."""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from generator.errors import UnknownNameError
from generator.settings import Settings

#: Hexadecimal digits of the data's digest that stand in the lasting address.
ADDRESS_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What identifies a figure. `data` is the SHA-256 of its data table: the same numbers, the same address."""

    id: str
    title: str
    alt: str
    version: str
    year: int
    data: str
    settings: Settings
    caption: str = ""

    @property
    def url(self) -> str:
        """The address that never changes."""
        return f"{self.settings.address}f/{self.data[:ADDRESS_DIGITS]}/"

    @property
    def image(self) -> str:
        """The drawing at that address."""
        return f"{self.url}{self.id}.svg"


def digest_of_table(table: bytes) -> str:
    """What names a data table: the SHA-256 of its CSV file."""
    return hashlib.sha256(table).hexdigest()


def text(citation: Citation) -> str:
    """One line for a list of references."""
    authors = ", ".join(citation.settings.authors)
    return (
        f"{authors} ({citation.year}). {citation.title} [Figure {citation.id}]. "
        f"{citation.settings.name}, version {citation.version}. {citation.url}"
    )


def bibtex(citation: Citation) -> str:
    """A BibTeX entry."""
    from pybtex.database import BibliographyData, Entry, Person
    from pybtex.database.output.bibtex import Writer

    entry = Entry(
        "misc",
        fields=[
            ("title", f"{{{citation.title.translate(_IN_TEX)}}}"),
            ("year", str(citation.year)),
            ("howpublished", f"{citation.settings.name}, figure {citation.id}, version {citation.version}"),
            ("url", citation.url),
            ("note", f"sha256:{citation.data}"),
        ],
        persons={"author": [Person(last=author) for author in citation.settings.authors]},
    )
    # The writer itself: to look it up by name reads the metadata of every installed package.
    return str(Writer().to_string(BibliographyData({citation.id: entry})))


#: Signs that the writer takes for TeX, or that it would have to find in pairs.
_IN_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "^": r"\textasciicircum{}",
    }
)


def csl(citation: Citation) -> str:
    """A CSL-JSON item of type `figure`."""
    item: Mapping[str, Any] = {
        "id": citation.id,
        "type": "figure",
        "title": citation.title,
        "author": [{"literal": author} for author in citation.settings.authors],
        "issued": {"date-parts": [[citation.year]]},
        "container-title": citation.settings.name,
        "version": citation.version,
        "URL": citation.url,
        "abstract": citation.alt,
        "medium": "SVG",
        "note": f"sha256:{citation.data}",
    }
    return json.dumps([item], indent=2, ensure_ascii=False) + "\n"


def markdown(citation: Citation) -> str:
    """The figure and its reference, for a Markdown page."""
    caption = f"{_in_markdown(citation.caption)}\n\n" if citation.caption else ""
    image = f"![{_in_markdown(citation.alt)}]({citation.image})"
    return f"[{image}]({citation.url})\n\n{caption}*{_in_markdown(text(citation))}*\n"


def markup(citation: Citation) -> str:
    """The figure and its reference, for an HTML page."""
    alt = html.escape(citation.alt)
    caption = html.escape(" ".join(filter(None, [citation.caption, text(citation)])))
    return (
        f'<figure>\n  <a href="{citation.url}"><img src="{citation.image}" alt="{alt}"></a>\n'
        f"  <figcaption>{caption}</figcaption>\n</figure>\n"
    )


def citation_file(settings: Settings, version: str, date: str) -> str:
    """The `CITATION.cff` of a whole version; its schema has no figures, which have citations of their own."""
    document = {
        "cff-version": "1.2.0",
        "message": "To cite a figure, use the citation on its page; to cite this version as a whole, use this one.",
        "type": "dataset",
        "title": f"{settings.name}: {settings.description}",
        "authors": [{"name": author} for author in settings.authors],
        "version": version,
        "date-released": date,
        "url": f"{settings.address}{version}/",
        "license-url": settings.content_licence.url,
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _in_markdown(value: str) -> str:
    """Text in which no sign means anything to Markdown."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", html.escape(value, quote=False))


FORMATS = {"text": text, "bibtex": bibtex, "csl": csl, "markdown": markdown, "html": markup}


def formatted(citation: Citation, form: str) -> str:
    """The citation in a named format."""
    if form not in FORMATS:
        raise UnknownNameError("citation format", form, FORMATS)
    return FORMATS[form](citation)
