"""Texts that try to be more than text, and what a page may show of a text."""

import functools
import os
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

#: Texts in an ordinary test run, a multiple of 500; `nox -s faults` takes 10 000.
COUNT = int(os.environ.get("FLUCTUATIONS_TEXTS", "1000"))

#: What means something to HTML, SVG, CSS, Markdown and its extensions, Jinja, YAML, TeX, or to those who forget them.
# fmt: off
FRAGMENTS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title>", "</script>", "</textarea>", "<!--",
    "-->", "<![CDATA[", "]]>", "<?xml ?>", "<svg onload=alert(1)>", "<style>*{display:none}</style>", "<a href='x'>",
    "</p>", '" onmouseover="alert(1)', "' onmouseover='alert(1)", "&lt;b&gt;", "&amp;", "&#60;", "&#x3c;", "&copy",
    "&", "<", ">", "javascript:alert(1)", "https://x.example/", "<https://x.example/>", "www.x.example",
    "a@b.example", "data:text/html,x", "# ", "## ", "- ", "* ", "+ ", "1. ", "1) ", "> ", "    ", "\t", "***", "---",
    "===", "___", "~~~", "```", "`", "``", "**b**", "_i_", "~s~", "^s^", "==m==", "[l](x)", "![i](x)", "[r][x]",
    "[^1]", "[^1]: x", "*[HTML]: x", "\\", "\\*", "{: onclick=x }", "{: #c18 }", "{:", "}", "{{ x }}", "{% x %}",
    "{# x #}", "${x}", "#!python x", ": definition", "!!! note", '??? "x"', "=== ", "--8<-- 'x'", "[TOC]", "||", "|",
    "|---|", ":-:", ":smile:", "++k++", "(c)", "...", "$\\frac{$", "$x$", "%d", "%(x)s", "\\N{BULLET}",
    "\x02wzxhzdk:0\x03", "\x02", "\x03", "\x00", "\x1b[31m", "\x7f", "\r\n", "\n", "\n\n", "\u2028", "\x85", "\x0b",
    "\x0c", "\ufeff", "\u202e", "\u200b", "\u200d", "\xa0", "\u3000", "é", "é", "漢字", "👩\u200d🔬", "😀", "\ufffe",
    "\U0010ffff", "ﷺ", "ß", "İ", "null", "true", "---\ntitle: x", "__toc",
)
# fmt: on

TEXTS = st.lists(
    st.sampled_from(FRAGMENTS)
    | st.text(st.sampled_from("<>&\"'`*_#|[](){}!\\:~^=+-$ a1"), max_size=6)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    min_size=1,
    max_size=6,
).map("".join)


def hostile_fragments() -> tuple[str, ...]:
    """The few pieces of which there is anything to see, each by itself."""
    return tuple(filter(seen, FRAGMENTS))


@functools.cache
def hostile_texts(count: int = COUNT) -> tuple[str, ...]:
    """So many different texts of which there is anything to see, the same ones every time."""
    found: dict[str, None] = {}

    @settings(max_examples=count * 6 // 5, derandomize=True, database=None, deadline=None)
    @given(TEXTS)
    def collect(text: str) -> None:
        if seen(text):
            found[text] = None

    collect()
    assert len(found) >= count
    return tuple(found)[:count]


def seen(text: str) -> str:
    """A text as a reader sees it: a sign for each control, white space as HTML folds it."""
    hidden = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    kept = "\t\n\r\u200c\u200d"
    return folded("".join("\ufffd" if unicodedata.category(c) in hidden and c not in kept else c for c in text))


def folded(text: str) -> str:
    """Runs of white space become one space, none stays at the ends."""
    return " ".join(text.split())
