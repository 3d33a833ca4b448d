"""A browser, what it is served, and what it must never do."""

import contextlib
import functools
import gzip
import http.server
import io
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from generator import experiments
from generator.pages.inputs import gather
from generator.pages.report import make_report, write_report
from generator.publishing.git import git
from generator.publishing.site import build_site
from generator.publishing.versions import publish, version_site_url
from generator.settings import read_settings
from tests.sharing import made_once

ROOT = Path(__file__).resolve().parents[2]

#: Whether every page is opened, as `nox -s walk` does, or some of those that one template makes.
EVERY_PAGE = os.environ.get("FLUCTUATIONS_PAGES") == "every"

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str:
    """The system's browser; playwright's own would be a download."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    assert found is not None, f"expected one of {', '.join(names)} on the path"
    return found


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as hosts of static files do: compressed, and to be kept for ten minutes. It keeps no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        file = path / "index.html" if path.is_dir() else path
        kind = self.guess_type(file)
        if not file.is_file() or not kind.startswith(("text/", "application/j", "image/svg")):
            return super().send_head()
        content = compressed(file)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


@functools.cache
def compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes())


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder while it is served."""
    handler = functools.partial(Host, directory=os.fspath(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def make_repository(root: Path) -> Path:
    """The project's settings and templates in a repository of their own."""
    shutil.copy(ROOT / "mkdocs.yml", root)
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / ".gitignore").write_text("build/\nsite/\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Tester")
    git(root, "config", "user.email", "tester@example.org")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Start")
    return root


def branch_as_files(root: Path) -> Path:
    """The published branch as a host would serve it."""
    folder = root / "build" / "published"
    folder.mkdir()
    git(root, f"--work-tree={folder}", "checkout", "gh-pages", "--", ".")
    return folder


def pages_of(published: Path) -> list[str]:
    """Every page of the published branch once: a release and its alias are the same files."""
    names = (path.relative_to(published).as_posix() for path in sorted(published.rglob("*.html")))
    return [name.removesuffix("index.html") for name in names if not name.startswith("0.1/")]


def make_report_site(root: Path) -> None:
    """The report of this checkout as release 0.1 and as its latest, with all that stands beside them."""
    root.mkdir()
    make_repository(root)
    inputs = gather(ROOT, list(experiments.load().values()), read_settings(root), "0.1")
    made = make_report(inputs, ROOT, 2, lambda *_: lambda: None)
    write_report(made, root / "build" / "docs")
    build_site(root / "build" / "docs", made.nav, root / "site", root, version_site_url(root, "0.1"))
    publish(root / "site", "0.1", root=root, alias="latest")
    branch_as_files(root).rename(root / "published")


@pytest.fixture(scope="session")
def report(shared: Path) -> Path:
    """What a host would serve, for the tests of all processes."""
    return made_once(shared / "report", make_report_site) / "published"


@pytest.fixture(scope="module")
def published(report: Path) -> Path:
    """What a module's tests are about: the report, unless the module makes a site of its own."""
    return report


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    with served(published) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that gives no trouble."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    troubles = watched(page, address)
    yield page
    context.close()
    assert troubles == []


def watched(page: Page, address: str) -> list[str]:
    """A list to which all troubles of a page are added as they come.

    It asks elsewhere or for what is not there, a script fails, the console has an error, or the page does what its
    Content-Security-Policy forbids.
    """
    troubles: list[str] = []
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error(`${e.violatedDirective}: ${e.blockedURI}`))"
    )
    page.on(
        "console",
        lambda note: troubles.append(f"{note.text} ({note.location['url']})") if note.type == "error" else None,
    )
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("response", lambda response: troubles.append(response.url) if response.status >= 400 else None)
    page.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else troubles.append(request.url)
    )
    return troubles
