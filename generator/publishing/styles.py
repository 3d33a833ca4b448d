"""What a style sheet loads, as a browser would read it."""

import re
from dataclasses import dataclass

_STRING = r"\"[^\"]*\"|'[^']*'"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
_ADDRESS = re.compile(rf"(?:url|src)\(\s*({_STRING}|[^\"')\s]*)\s*\)|@import\s+({_STRING})", re.IGNORECASE)
_IMAGE_SET = re.compile(rf"image-set\(((?:{_STRING}|[^()\"']|\([^()]*\))*)\)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An address on a page: `loaded` by the browser at once, or only followed by a reader."""

    url: str
    loaded: bool
    source: str


def style_references(style: str, source: str) -> list[Reference]:
    """What a style sheet loads."""
    plain = _ESCAPE.sub(_unescaped, _COMMENT.sub("", style))
    sets = [string for inside in _IMAGE_SET.findall(plain) for string in re.findall(_STRING, _ADDRESS.sub("", inside))]
    found = [*("".join(groups) for groups in _ADDRESS.findall(plain)), *sets]
    return [Reference(url=url.strip("\"'"), loaded=True, source=f"{source} url") for url in found if url.strip("\"'")]


def _unescaped(escape: re.Match[str]) -> str:
    """The letter or digit that an escape stands for; other signs stay escaped, since they could end a string."""
    code = int(escape[1], 16)
    return chr(code) if code < 0x80 and chr(code).isalnum() else escape[0]
