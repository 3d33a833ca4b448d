"""The figures of a site for the documentation tools of others: `objects.inv` for Sphinx, `myst.xref.json` for MyST."""

import json
import zlib
from collections.abc import Sequence

from generator.citing.citations import Citation


def sphinx_inventory(citations: Sequence[Citation], version: str) -> bytes:
    """An inventory of Sphinx (version 2), in which each figure is a label: `:ref:` finds it by its id.

    It is stored and not compressed, so that its bytes do not depend on a version of zlib.
    """
    head = (
        "# Sphinx inventory version 2\n"
        f"# Project: {citations[0].settings.name if citations else ''}\n"
        f"# Version: {version}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    lines = [f"{one.id} std:label -1 fig/{one.id}/ {' '.join(one.title.split())}\n" for one in citations]
    return head.encode() + zlib.compress("".join(lines).encode(), level=0)


def myst_references(citations: Sequence[Citation]) -> bytes:
    """The list that MyST reads before it resolves `xref:` links."""
    references = [
        {
            "identifier": one.id,
            "html_id": one.id,
            "kind": "figure",
            "data": f"/{myst_path(one)}",
            "url": f"/fig/{one.id}/",
        }
        for one in citations
    ]
    return _json({"version": "1", "myst": "1.3.4", "references": references})


def myst_path(citation: Citation) -> str:
    """Where a figure's page is kept in MyST's own form, below the site's root."""
    return f"myst/{citation.id}.json"


def myst_page(citation: Citation) -> bytes:
    """A figure's page in MyST's own form, from which MyST takes previews, titles and embedded figures."""
    image = {"type": "image", "url": citation.image, "alt": citation.alt}
    figure = {
        "type": "container",
        "kind": "figure",
        "identifier": citation.id,
        "label": citation.id,
        "html_id": citation.id,
        # The caption is what a link to the figure is called.
        "children": [image, _words("caption", citation.title), _words("legend", citation.caption)],
    }
    return _json(
        {
            "kind": "Article",
            "sha256": citation.data,
            "slug": citation.id,
            "location": f"/fig/{citation.id}/",
            "dependencies": [],
            "frontmatter": {"title": citation.title},
            "mdast": {"type": "root", "children": [figure]},
            "references": {"cite": {"order": [], "data": {}}},
        }
    )


def _words(kind: str, value: str) -> dict[str, object]:
    return {"type": kind, "children": [{"type": "paragraph", "children": [{"type": "text", "value": value}]}]}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
