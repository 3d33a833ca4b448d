"""The policy that is written into a page, against what Content Security Policy Level 3 says it means."""

import subprocess
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.publishing.policy import policy_of, protect, with_policy
from generator.publishing.scripts import digest

PAGE = """<!doctype html><html><head><META charset=utf-8 /><title>é</title></head><body>{}</body></html>"""


def sources(markup: str, directive: str) -> list[str]:
    """What a directive of a page's policy allows."""
    directives = [part.split() for part in policy_of(PAGE.format(markup).encode()).split("; ")]
    return next(rest for name, *rest in directives if name == directive)


def test_a_digest_is_the_one_of_openssl() -> None:
    text = "location.replace('é\n')"
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-binary"], input=text.encode(), capture_output=True, check=True
    ).stdout
    encoded = subprocess.run(["openssl", "base64"], input=made, capture_output=True, check=True).stdout
    assert digest(text) == f"sha256-{encoded.decode().strip()}"


def test_a_page_of_nothing_allows_what_the_site_serves() -> None:
    assert policy_of(PAGE.encode()) == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'"
    )


def test_scripts_are_allowed_by_their_digest_once_and_data_not_at_all() -> None:
    markup = "<script>a()</script><script>b()</script><script>a()</script>"
    expected = ["'self'", f"'{digest('a()')}'", f"'{digest('b()')}'"]
    assert sources(markup, "script-src") == expected
    assert sources(markup + '<script type="application/json">{}</script><script src="x"> </script>', "script-src") == (
        expected
    )


def test_a_script_is_digested_as_the_browser_reads_it() -> None:
    """Line ends are normalised before the text reaches the element; references are not resolved in it."""
    assert sources("<script>a()\r\n&lt;</script>", "script-src") == [
        "'self'",
        f"'{digest(chr(10).join(['a()', '&lt;']))}'",
    ]


def test_styles_are_allowed_by_their_digest_and_attributes_only_where_there_are_any() -> None:
    assert sources("<style>a {}</style>", "style-src") == ["'self'", f"'{digest('a {}')}'"]
    assert sources('<p style="color: red &amp;">', "style-src") == [
        "'self'",
        "'unsafe-hashes'",
        f"'{digest('color: red &')}'",
    ]


def test_the_policy_stands_right_after_the_encoding_and_replaces_an_earlier_one() -> None:
    page = PAGE.format("<script>a()</script>").encode()
    protected = with_policy(page, "page.html")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy_of(page)}">'
    assert protected.decode() == page.decode().replace("<META charset=utf-8 />", f"<META charset=utf-8 />{policy}")
    assert with_policy(protected, "page.html") == protected
    assert with_policy(protected.replace(b"a()", b"b()"), "") == with_policy(page.replace(b"a()", b"b()"), "")


def test_pages_are_protected_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for name in ("index.html", "a/index.html", "a.txt", ".hidden.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGE)
    protect(tmp_path)
    protected = {path.name for path in tmp_path.rglob("*") if path.is_file() and path.read_text() != PAGE}
    assert protected == {"index.html"}
    assert "default-src" in (tmp_path / "a" / "index.html").read_text()


def test_a_page_without_a_stated_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>")
    with pytest.raises(GeneratorError, match=r"^index\.html: expected <meta charset=utf-8>"):
        protect(tmp_path)
