"""Hostile titles, captions and descriptions on the pages beside the versions."""

import json
import shutil
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from generator.publishing.gate import check_site
from generator.publishing.versions import publish
from tests.hostile import FRAGMENTS, folded, seen

from .conftest import write_site
from .test_history import PAGE, export, figure, with_list

#: A text of all fragments, as a title, a description and a caption.
HOSTILE = " 00000 ".join(FRAGMENTS)


def pages_with(words: str, root: Path) -> dict[str, LexborHTMLParser]:
    """The pages at the published root beside a version whose figure has these words."""
    files = with_list(figure("fig-a", "1"), "fig-a")
    listed = json.loads(files["figures.json"])
    listed["figures"][0] |= {"title": words, "alt": words, "caption": words}
    files |= {"figures.json": json.dumps(listed), "index.html": PAGE, "sitemap.xml": "<urlset/>"}
    publish(write_site(root, "0.1", files), "0.1", root=root)
    published = export(root, root.with_name(f"{root.name} as files"))
    assert check_site(published) == []
    paths = [*published.glob("f/*/index.html"), *published.glob("status/*/index.html")]
    return {path.relative_to(published).parts[0]: LexborHTMLParser(path.read_bytes()) for path in sorted(paths)}


def skeleton(page: LexborHTMLParser) -> list[tuple[str, ...]]:
    assert page.root is not None
    return [(str(node.tag), *sorted(node.attributes)) for node in page.root.traverse(include_text=False)]


def test_hostile_words_add_no_element_and_come_out_as_they_went_in(repository: Path, tmp_path: Path) -> None:
    other = shutil.copytree(repository, tmp_path / "other")
    harmless, hostile = pages_with("Harmless", repository), pages_with(HOSTILE, other)
    assert harmless.keys() == hostile.keys() == {"f", "status"}
    for name, page in hostile.items():
        assert skeleton(page) == skeleton(harmless[name])
        for before, after in zip(harmless[name].css("title, h1, p"), page.css("title, h1, p"), strict=True):
            assert folded(after.text()) == folded(before.text()).replace("Harmless", seen(HOSTILE))
        assert {folded(image.attributes["alt"] or "") for image in page.css("img")} == {seen(HOSTILE)}
