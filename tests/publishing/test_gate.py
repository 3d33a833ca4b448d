"""One broken page per rule, and a clean site that breaks none."""

from pathlib import Path

import pytest

from generator.publishing.gate import Problem, check_site

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
<picture><source srcset="drawing.svg"></picture> <a href="#top">top</a> <a href="na%C3%AFve.csv">data</a>
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
    return folder


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
        ('<area href="gone">', "area 'gone': leads nowhere"),
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
        ('<a href="http://[x">x</a>', "not an address"),
        ('<p id="here">', "id 'here' is used 2 times"),
    ],
)
def test_a_fault_of_a_page_is_named(tmp_path: Path, markup: str, message: str) -> None:
    (problem, *others) = check_site(write_site(tmp_path, **{"index.html": HOME.replace("</body>", f"{markup}</body>")}))
    assert problem.page == "index.html"
    assert message in problem.message
    assert {other.page for other in others} <= {"index.html"}


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("a { background: url(gone.png) }", "css url 'gone.png': leads nowhere"),
        ("a { background: URL( 'https://x.example/a.png' ) }", "css url 'https://x.example/a.png': loaded from"),
        ('@import "https://x.example/a.css";', "css url 'https://x.example/a.css': loaded from"),
        ("@import url(//x.example/a.css);", "css url '//x.example/a.css': loaded from"),
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
        ("", "not well-formed XML"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "declares an entity"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', "<script> is not allowed"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><foreignObject/></svg>', "<foreignObject> is not allowed"),
        ('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "svg has the event handler onload"),
        (
            '<svg xmlns:x="http://www.w3.org/1999/xlink"><use x:href="https://x.example/a.svg#a"/></svg>',
            "use refers to 'https://x.example/a.svg#a' outside the file",
        ),
        (
            "<svg><style>a { fill: url(https://x.example/) }</style></svg>",
            "style refers to 'https://x.example/' outside",
        ),
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
