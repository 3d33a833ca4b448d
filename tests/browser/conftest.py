"""A browser, what it is served, and what it must never do."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from generator.publishing.git import git

ROOT = Path(__file__).resolve().parents[2]
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


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, *_: object) -> None:
        return


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


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=os.fspath(published))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


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
