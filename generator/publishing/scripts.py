"""Which scripts the site may run: the theme's, our own, and nothing else.

Inline scripts are listed by their digest, so that no text which finds its way into a page can become one. A new
version of the theme may bring others: read them, then list them here.
"""

import base64
import hashlib
import re

#: Script files, by their path below the site's root.
FILES = re.compile(r"assets/(?:explorer|site|status|javascripts/bundle\.[0-9a-f]{8}\.min)\.js")

#: Inline scripts, by digest, and what they do.
INLINE = {
    "sha256-exqRXrW/0laiImCrTE8a70vxyyY10FJVIppytLf/dbY=": "keeps a reader's choices (Material for MkDocs)",
    "sha256-FnzPjIa2+7LhDSWlbaMBEIPh+9rL3lPN6J/MWljUoE0=": "keeps a reader's choices (Zensical)",
    "sha256-ojSUvV+YPVWW0N5nbLGAjjElSX9+pjx9wCFme9dENz0=": "takes up the chosen colours (ours)",
    "sha256-/8wPdzX9q0NNJXyA5lzsLojXFpkeaXVxhbfkUOQaWy8=": "opens the tab that an address names (both)",
    "sha256-1o+xQewlTjzSaqfKVGs6ROQT/9xtflgncdOHGiUYn94=": "tells that this is not the latest release (ours)",
    "sha256-Q2IPVj1uMpUokBwpEF4oMLEGc+o5XOMnsAVhlhIU4Ng=": "leads from the root to the latest version (ours)",
}

#: Types of `script` elements that hold data and are never run.
DATA_TYPES = frozenset({"application/json", "application/ld+json"})


def digest(text: str) -> str:
    """The digest of an inline script or style, as a Content-Security-Policy has it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
