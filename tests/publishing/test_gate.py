"""One broken page per rule, and a clean site that breaks none."""

from pathlib import Path

import pytest

from generator.publishing.gate import Problem, check_site
from generator.publishing.policy import protect

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title>
<link rel="canonical" href="https://site.example/0.1/{path}">
<link rel="stylesheet" href="{up}assets/site.css"><link rel="license" href="https://other.example/by">
<script src="{up}assets/site.js"></script></head><body>"""

HOME = (
    HEAD.format(path="", up="")
    + """
<a href="#here">a</a> <a href="page/">b</a> <a href="page/#there">c</a> <a href="page/index.html">d</a> <a href="">e</a>
<a href="https://other.example/x#y">out</a> <a href="mailto:a@b.example">mail</a> <a href="../">versions</a>
<a href="https://site.example/0.1/f/0123456789ab/">kept</a> <a href="https://site.example/latest/">latest</a>
<img src="drawing.svg#only-light" alt="A line"> <img src="data:image/png;base64,AA" alt="dot" srcset="drawing.svg 2x">
<picture><source srcset="drawing.svg"></picture> <area href="page/" alt="a part">
<script type="application/json">{"a": "<b>"}</script> <style>p { mask: url("#here") }</style> <p style="color: red">
<a href="#top">top</a> <a href="na%C3%AFve.csv">data</a>
<svg><use href="#here"/></svg> <h2 id="here">h</h2></body></html>"""
)

PAGE = (
    HEAD.format(path="page/", up="../")
    + """<a href="..">up</a> <a name="there"></a> <a href="../drawing.svg">d</a>
</body></html>"""
)

MISSING = HEAD.format(path="404.html", up="/0.1/") + '<a href="/0.1/page/">page</a></body></html>'

DRAWING = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><style>*{fill:url(#a)}</style>
<path id="a" d="M0 0"/><use xlink:href="#a"/></svg>"""

STYLE = """/* url(gone.png) */ a { background: url("../drawing.svg") } b { background: url(data:image/png;base64,AA) }
c { mask: url(#a) }"""

SITEMAP = "<urlset><url><loc>https://site.example/0.1/page/</loc></url></urlset>"


def write_site(folder: Path, **changes: str) -> Path:
    """A clean site, or one with some of its files replaced."""
    files = {
        "index.html": HOME,
        "page/index.html": PAGE,
        "404.html": MISSING,
        "drawing.svg": DRAWING,
        "naïve.csv": "a,b\n",
        "sitemap.xml": SITEMAP,
        "assets/site.css": STYLE,
        "assets/site.js": "",
        ".fluctuations": "<img>",
    }
    for name, content in {**files, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    protect(folder)
    return folder


def inside(markup: str) -> str:
    """A drawing that holds some markup."""
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"'
    return f"<svg {namespaces}>{markup}</svg>"


def test_a_clean_site_has_no_problem(tmp_path: Path) -> None:
    assert check_site(write_site(tmp_path)) == []


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ('<a href="gone/">x</a>', "a 'gone/': leads nowhere"),
        ('<a href="page/gone.html">x</a>', "a 'page/gone.html': leads nowhere"),
        ('<a href="Page/">x</a>', "a 'Page/': leads nowhere"),
        ('<a href="../0.2/">x</a>', "a '../0.2/': leads nowhere"),
        ('<a href="/page/">x</a>', "a '/page/': leads nowhere"),
        (
            '<link rel="canonical" href="https://site.example/0.1/gone/">',
            "link canonical 'https://site.example/0.1/gone/'",
        ),
        ('<img src="https://site.example/0.1/drawing.svg" alt="x">', "loaded from another origin"),
        ('<area href="gone" alt="x">', "area 'gone': leads nowhere"),
        ('<area href="page/">', "image 'page/' has no alternative text"),
        ('<input type="image" src="drawing.svg">', "image 'drawing.svg' has no alternative text"),
        ('<a href="#gone">x</a>', "a '#gone': no such anchor in index.html"),
        ('<a href="page/#gone">x</a>', "a 'page/#gone': no such anchor in page/index.html"),
        ('<img src="gone.png" alt="x">', "img src 'gone.png': leads nowhere"),
        ('<img src="drawing.svg" alt="x" srcset="drawing.svg, gone.svg 2x">', "img srcset 'gone.svg': leads nowhere"),
        ('<video><source src="gone.mp4"></video>', "source src 'gone.mp4': leads nowhere"),
        ('<link rel="icon" href="gone.ico">', "link icon 'gone.ico': leads nowhere"),
        ('<link rel="next" href="gone/">', "link next 'gone/': leads nowhere"),
        ('<script src="gone.js"></script>', "script src 'gone.js': leads nowhere"),
        ('<p style="background: url(gone.png)">', "style of p url 'gone.png': leads nowhere"),
        ("<style>a { background: url('gone.png') }</style>", "style url 'gone.png': leads nowhere"),
        ('<img src="drawing.svg">', "image 'drawing.svg' has no alternative text"),
        ('<img src="drawing.svg" alt=" ">', "image 'drawing.svg' has no alternative text"),
        ('<script src="https://cdn.example/x.js"></script>', "script src 'https://cdn.example/x.js': loaded from"),
        ('<script src="//cdn.example/x.js"></script>', "script src '//cdn.example/x.js': loaded from"),
        ('<img src="https://x.example/a.png" alt="x">', "img src 'https://x.example/a.png': loaded from"),
        ('<link rel="stylesheet" href="https://x.example/a.css">', "loaded from another origin"),
        ('<link rel="icon" href="https://x.example/a.ico">', "loaded from another origin"),
        ('<link rel="license preload" href="https://x.example/a">', "loaded from another origin"),
        ('<link rel="dns-prefetch" href="//x.example">', "loaded from another origin"),
        ('<form action="https://x.example/"></form>', "form action 'https://x.example/': loaded from"),
        ('<style>@import "https://x.example/a.css";</style>', "style url 'https://x.example/a.css': loaded from"),
        ('<svg><image href="https://x.example/a.png"/></svg>', "image href 'https://x.example/a.png': loaded from"),
        ('<p onclick="x()">', "event handler onclick on <p>"),
        ('<img src="drawing.svg" alt="x" ONERROR=x>', "event handler onerror on <img>"),
        ('<a href="javascript:x()">x</a>', "a 'javascript:x()': a script as an address"),
        ('<a href=" java&#10;script:x()">x</a>', "a script as an address"),
        ('<a href="data:text/html,x">x</a>', "embedded data that is no image"),
        ('<iframe src="page/"></iframe>', "<iframe> is not allowed"),
        ('<base href="page/">', "<base> is not allowed"),
        ('<object data="drawing.svg"></object>', "<object> is not allowed"),
        ('<a href="data:image/svg+xml,x">x</a>', "embedded data that is no image"),
        ('<img src="data:text/html,x" alt="x">', "embedded data that is no image"),
        ('<a href="\x01javascript:x()">x</a>', "a script as an address"),
        ('<a href="file:///etc/passwd">x</a>', "an address of an unknown kind"),
        ('<a href="http://[x">x</a>', "not an address"),
        (
            "<script>x()</script>",
            "inline script sha256-D6IGS8VMvCoyaR/l0h9tERrBTATY01CoPS7l6xDv0kI= is not on the list",
        ),
        ('<script type="module">x()</script>', "is not on the list"),
        ('<script type="speculationrules">{}</script>', "is not on the list"),
        ("<svg><script>x()</script></svg>", "is not on the list"),
        ('<script src="page/"></script>', "script src 'page/': not on the list of publishing/scripts.py"),
        ('<script src="naïve.csv"></script>', "script src 'naïve.csv': not on the list of publishing/scripts.py"),
        ('<svg><script href="drawing.svg"></script></svg>', "is not on the list"),
        ('<meta http-equiv="refresh" content="0; url=gone/">', "meta refresh 'gone/': leads nowhere"),
        ('<meta http-equiv="Refresh" content="0;URL=\'//x.example/\'">', "meta refresh '//x.example/': loaded from"),
        ('<meta http-equiv="set-cookie" content="a=b">', "<meta http-equiv='set-cookie'> is not allowed"),
        ('<meta http-equiv="content-security-policy" content="">', "has not the Content-Security-Policy"),
        ("<template><img></template>", "<template> is not allowed"),
        ('<a href="page/" ping="page/">x</a>', "attribute ping on <a> is not allowed"),
        ('<button formaction="page/">x</button>', "attribute formaction on <button> is not allowed"),
        ('<link rel="license" imagesrcset="https://x.example/a.png">', "loaded from another origin"),
        ('<svg><a xlink:href="javascript:x()"></a></svg>', "a script as an address"),
        ('<svg><use href="#gone"/></svg>', "use href '#gone': no such anchor in index.html"),
        ('<svg><feImage href="//x.example/a.png"/></svg>', "feImage href '//x.example/a.png': loaded from another"),
        ('<svg><path fill="url(//x.example/#a)"/></svg>', "fill of path url '//x.example/#a': loaded from another"),
        ('<svg><set attributeName="href" to="x"/></svg>', "<set> is not allowed"),
        ('<math><mi href="javascript:x()">x</mi></math>', "a script as an address"),
        ('<p id="here">', "id 'here' is used 2 times"),
    ],
)
def test_a_fault_of_a_page_is_named(tmp_path: Path, markup: str, message: str) -> None:
    (problem,) = check_site(write_site(tmp_path, **{"index.html": HOME.replace("</body>", f"{markup}</body>")}))
    assert problem.page == "index.html"
    assert message in problem.message


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("a { background: url(gone.png) }", "css url 'gone.png': leads nowhere"),
        ("a { background: URL( 'https://x.example/a.png' ) }", "css url 'https://x.example/a.png': loaded from"),
        ('@import "https://x.example/a.css";', "css url 'https://x.example/a.css': loaded from"),
        ("@import url(//x.example/a.css);", "css url '//x.example/a.css': loaded from"),
        ("a { mask: u\\72 l(//x.example/a) }", "css url '//x.example/a': loaded from"),
        ('a { background: image-set("gone.png" 1x, url(../drawing.svg) 2x) }', "css url 'gone.png': leads nowhere"),
    ],
)
def test_a_fault_of_a_style_sheet_is_named(tmp_path: Path, style: str, message: str) -> None:
    (problem,) = check_site(write_site(tmp_path, **{"assets/site.css": style}))
    assert problem.page == "assets/site.css"
    assert message in problem.message


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        ("<svg><path></svg>", "not well-formed XML"),
        ("<svg>\x01</svg>", "not well-formed XML"),
        ("<svg>&a;</svg>", "not well-formed XML"),
        ("", "not well-formed XML"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "declares an entity"),
        ('<?xml-stylesheet href="a.css"?><svg/>', "has a style sheet elsewhere"),
        ('<g xmlns="http://www.w3.org/2000/svg"/>', "no drawing but"),
        (inside("<script>x()</script>"), "<script> is not allowed"),
        (inside("<foreignObject/>"), "<foreignObject> is not allowed"),
        (inside('<p xmlns="http://www.w3.org/1999/xhtml"/>'), "<p> is of another language, 'http://www.w3.org/1999/xh"),
        (inside('<animate attributeName="href" to="javascript:x()"/>'), "<animate> is not allowed"),
        (inside('<path onload="x()"/>'), "path has the event handler onload"),
        (inside('<a href="javascript:x()"/>'), "a refers to 'javascript:x()' outside the file"),
        (
            inside('<use x:href="https://x.example/a.svg#a"/>'),
            "use refers to 'https://x.example/a.svg#a' outside the file",
        ),
        (inside('<use href="#gone"/>'), "use refers to '#gone' which the file does not have"),
        (inside('<path clip-path="url(#gone)"/>'), "clip-path of path refers to '#gone' which the file does not have"),
        (inside('<path style="fill: url(//x.example/)"/>'), "style of path refers to '//x.example/' outside the file"),
        (inside("<style>a { fill: url(https://x.example/) }</style>"), "style refers to 'https://x.example/' outside"),
        (inside('<style>@import "//x.example/"</style>'), "style refers to '//x.example/' outside"),
        (inside('<path id="a"/><path id="a"/>'), "id 'a' is used 2 times"),
    ],
)
def test_a_fault_of_a_drawing_is_named(tmp_path: Path, drawing: str, message: str) -> None:
    (problem,) = check_site(write_site(tmp_path, **{"drawing.svg": drawing}))
    assert problem.page == "drawing.svg"
    assert message in problem.message


def test_the_sitemap_names_pages_that_exist(tmp_path: Path) -> None:
    sitemap = SITEMAP.replace("page/", "gone/")
    assert check_site(write_site(tmp_path, **{"sitemap.xml": sitemap})) == [
        Problem(page="sitemap.xml", message="sitemap 'https://site.example/0.1/gone/': leads nowhere")
    ]


def test_the_page_of_missing_pages_is_checked(tmp_path: Path) -> None:
    (problem,) = check_site(write_site(tmp_path, **{"404.html": MISSING.replace("/page/", "/gone/")}))
    assert problem == Problem(page="404.html", message="a '/0.1/gone/': leads nowhere")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_drawing_in_another_encoding_is_not_judged_but_refused(tmp_path: Path, encoding: str) -> None:
    drawing = write_site(tmp_path) / "drawing.svg"
    drawing.write_bytes(inside("<!-- é -->").encode(encoding))
    (problem,) = check_site(tmp_path)
    assert problem.message.startswith("not UTF-8")


@pytest.mark.parametrize("name", ["page.htm", "page.xhtml", "drawing.svgz", "PAGE.HTML", "feed.xml"])
def test_a_document_that_nobody_checks_is_refused(tmp_path: Path, name: str) -> None:
    assert check_site(write_site(tmp_path, **{name: ""})) == [
        Problem(page=name, message="a document that is not checked")
    ]


def test_a_policy_that_is_missing_or_of_another_page_is_refused(tmp_path: Path) -> None:
    site = write_site(tmp_path)
    (site / "404.html").write_text(MISSING)
    content = (site / "page" / "index.html").read_text()
    (site / "page" / "index.html").write_text(content.replace("'none'", "*"))
    assert [problem.page for problem in check_site(site)] == ["404.html", "page/index.html"]
    assert {problem.message for problem in check_site(site)} == {
        "has not the Content-Security-Policy that is made for it"
    }
