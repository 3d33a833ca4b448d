"""Real builds with MkDocs of a few small pages."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.publishing import site
from generator.publishing.gate import check_site
from generator.publishing.site import build_site
from generator.publishing.tree import MARKER, read_seal

ROOT = Path(__file__).resolve().parents[2]

#: Two sets of circumstances that a build must not depend on.
HERE = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "HOME": "/", "SOURCE_DATE_EPOCH": "1000000000"}
THERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "HOME": "/nowhere"}

NAV: list[Any] = [{"Answer": "index.md"}, {"Causes": [{"Learning rate": "causes/rate.md"}]}]

HOME = """---
title: Home
citation: {title: "A <b>\\"title\\"</b>", author: [Ada, Bob]}
cite_as: https://fluctuations.example/f/0123456789ab/
---
# Answer

See [the rate](causes/rate.md#measured), <span class="verdict-supported">supported</span>.

| a | b |
|---|--:|
| 1 | 2 |
"""

RATE = """# Learning rate

## Measured { #measured }

??? note "More"
    `code`

    ```python
    print(1)
    ```
"""


@pytest.fixture
def docs(project: Path) -> Path:
    folder = project / "build" / "docs"
    (folder / "causes").mkdir(parents=True)
    (folder / "index.md").write_text(HOME)
    (folder / "causes" / "rate.md").write_text(RATE)
    shutil.copytree(project / "templates" / "assets", folder / "assets")
    return folder


def tree(site: Path) -> dict[str, tuple[int, str]]:
    """Permissions and digest of everything in a site, by name."""
    return {
        path.relative_to(site).as_posix(): (
            path.stat().st_mode,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(site.rglob("*"))
    }


def test_a_site_is_built_checked_and_put_in_place(project: Path, docs: Path) -> None:
    target = project / "site"
    target.mkdir()
    (target / ".gitignore").write_text("*\n!.gitignore\n")
    build_site(docs, NAV, target, project)

    home = (target / "index.html").read_text()
    assert check_site(target) == []
    assert (target / ".gitignore").read_text() == "*\n!.gitignore\n"
    assert '<link rel="canonical" href="https://fluctuations.example/">' in home
    assert '<meta name="citation_title" content="A &lt;b&gt;&#34;title&#34;&lt;/b&gt;">' in home
    assert home.count('<meta name="citation_author"') == 2
    assert '<link rel="cite-as" href="https://fluctuations.example/f/0123456789ab/">' in home
    assert "CC BY 4.0" in home
    assert "The Fluctuations authors" in home
    assert "Made with" not in home
    sealed = read_seal(target)
    assert sealed is not None
    assert sealed.address == "https://fluctuations.example/"
    assert {path.name for path in project.iterdir()} >= {"site", "build"}
    assert not list(project.glob(".site.*"))

    # A version's own address; and nothing is left of the site before it.
    (target / "left.html").write_text("")
    build_site(docs, NAV, target, project, "https://fluctuations.example/0.1/", indexed=False)
    preview = (target / "index.html").read_text()
    assert '<link rel="canonical" href="https://fluctuations.example/0.1/">' in preview
    assert [page.count('<meta name="robots" content="noindex">') for page in (home, preview)] == [0, 1]
    assert "https://fluctuations.example/0.1/causes/rate/" in (target / "sitemap.xml").read_text()
    assert 'href="/0.1/assets/site.css"' in (target / "404.html").read_text()
    assert not (target / "left.html").exists()
    assert (target / ".gitignore").exists()


@pytest.mark.slow
def test_what_mkdocs_or_the_gate_finds_is_one_line_and_leaves_the_old_site(project: Path, docs: Path) -> None:
    target = project / "site"
    target.mkdir()
    (target / MARKER).write_text("{}")
    (target / "index.html").write_text("old")

    (docs / "index.md").write_text("# Home\n\n[x](gone.md) [y](causes/rate.md#gone)\n")
    with pytest.raises(GeneratorError, match=r"without a message, found .*gone\.md.*; .*rate\.md#gone") as caught:
        build_site(docs, NAV, target, project)
    assert "\n" not in str(caught.value)

    # MkDocs does not look into raw HTML.
    (docs / "index.md").write_text('# Home\n\n<a href="gone/">x</a> <img src="https://x.example/a.png" alt="x">\n')
    with pytest.raises(GeneratorError, match=r"found 2: index\.html: a 'gone/': leads nowhere; .* another origin$"):
        build_site(docs, NAV, target, project)
    assert (target / "index.html").read_text() == "old"
    assert not list(project.glob(".site.*"))


def test_a_strange_target_is_refused_before_anything_is_built(project: Path, docs: Path) -> None:
    (project / "site").mkdir()
    (project / "site" / "thesis.tex").write_text("years")
    with pytest.raises(GeneratorError, match="nothing was deleted"):
        build_site(docs, NAV, project / "site", project)
    assert [path.name for path in (project / "site").iterdir()] == ["thesis.tex"]


def test_a_disk_that_refuses_is_one_line_and_leaves_the_old_site(
    project: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(new: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(new / target.name))

    monkeypatch.setattr(site, "swap", refuse)
    with pytest.raises(GeneratorError, match=r"^expected to write the site, found No space left on device: .*/site$"):
        build_site(docs, NAV, project / "site", project)
    assert not list(project.glob("*site*"))


@pytest.mark.slow
@pytest.mark.usefixtures("docs")
def test_two_builds_under_different_circumstances_are_byte_for_byte_the_same(project: Path, tmp_path: Path) -> None:
    script = (
        "import json, os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from generator.publishing.site import build_site\n"
        "os.umask(int(sys.argv[2], 8)); root = Path(sys.argv[3])\n"
        "build_site(root / 'build' / 'docs', json.loads(sys.argv[4]), root / 'site', root)\n"
    )
    elsewhere = tmp_path / "a longer päth" / "copy"
    shutil.copytree(project, elsewhere)
    for root, umask, cwd, circumstances in ((project, "022", tmp_path, HERE), (elsewhere, "077", Path("/"), THERE)):
        command = [sys.executable, "-c", script, str(ROOT), umask, str(root), json.dumps(NAV)]
        subprocess.run(command, cwd=cwd, env={**os.environ, **circumstances}, check=True)
    assert tree(project / "site") == tree(elsewhere / "site")
    assert len(tree(project / "site")) > 20


def test_importing_the_module_does_not_import_mkdocs() -> None:
    script = "import sys; import generator.publishing.site; print([m for m in sys.modules if m.startswith('mkdocs')])"
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert printed == "[]\n"
