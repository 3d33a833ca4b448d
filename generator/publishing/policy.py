"""The Content-Security-Policy of each page: a browser runs and loads what was there when the site was checked.

Whatever made the site, the policy is written into its pages afterwards. Scripts and styles that stand in a page are
allowed by their digests, everything else only from the site itself. A host of static files sends no headers, so the
policy is an element of the page, as early as can be.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.errors import GeneratorError
from generator.publishing.markup import elements, inline_scripts
from generator.publishing.scripts import digest
from generator.publishing.tree import published_files

_CHARSET = re.compile(rb"<meta\s+charset=[\"']?utf-8[\"']?\s*/?>", re.IGNORECASE)
_PRESENT = re.compile(rb"<meta http-equiv=\"Content-Security-Policy\" content=\"[^\"]*\">")


def protect(site: Path) -> None:
    """Write each page's policy into it."""
    for name, path in published_files(site).items():
        if name.endswith(".html"):
            path.write_bytes(with_policy(path.read_bytes(), name))


def protected(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files by name, with its policy in each that is a page."""
    return {name: with_policy(file, name) if name.endswith(".html") else file for name, file in files.items()}


def with_policy(page: bytes, name: str) -> bytes:
    """A page with the policy that fits it, in the place of one that it has already."""
    bare = without_policy(page)
    charset = _CHARSET.search(bare)
    if charset is None:
        raise GeneratorError(f"{name}: expected <meta charset=utf-8>, after which the policy stands, found none")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy_of(bare)}">'
    return bare[: charset.end()] + policy.encode() + bare[charset.end() :]


def without_policy(page: bytes) -> bytes:
    """A page without the policy that it states."""
    return _PRESENT.sub(b"", page)


def policy_of(page: bytes) -> str:
    """The policy that allows just what a page holds."""
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *_sources(inline_scripts(page))],
        "style-src": ["'self'", *_style_sources(page)],
        # The theme's style sheet holds its icons as data.
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def _style_sources(page: bytes) -> Iterator[str]:
    nodes = list(elements(page))
    yield from _sources(node.text() for node in nodes if node.tag == "style")
    attributes = list(_sources(node.attributes["style"] or "" for node in nodes if "style" in node.attributes))
    # By itself, a digest holds for whole elements only.
    yield from ["'unsafe-hashes'", *attributes] if attributes else []


def _sources(texts: Iterable[str]) -> list[str]:
    return [f"'{source}'" for source in dict.fromkeys(digest(text) for text in texts)]
