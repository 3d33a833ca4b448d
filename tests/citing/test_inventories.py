"""What the tools of others read: a strict build of Sphinx that refers to three figures, and MyST's own form."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

from generator.citing.catalogue import Catalogue
from generator.citing.citations import Citation
from generator.pages.inventories import myst_page, myst_path, myst_references, sphinx_inventory

HERE = Path(__file__).parent


@pytest.fixture
def citations(catalogue: Catalogue) -> list[Citation]:
    return [catalogue.citation(name, "0.3") for name in ("fig-rate", "fig-batch-size", "fig-early-stopping")]


def test_sphinx_reads_each_figure_as_a_label(citations: list[Citation]) -> None:
    inventory = InventoryFile.loads(sphinx_inventory(citations, "0.3"), uri="https://x.example/0.3")
    labels = inventory.data["std:label"]
    assert labels.keys() == {"fig-rate", "fig-batch-size", "fig-early-stopping"}
    item = labels["fig-rate"]
    assert (item.project_name, item.project_version) == ("Figures", "0.3")
    assert item.uri == "https://x.example/0.3/fig/fig-rate/"
    assert item.display_name == "Title <of> fig-rate"


@pytest.mark.slow
def test_a_strict_build_of_sphinx_cites_three_figures(citations: list[Citation], tmp_path: Path) -> None:
    source = shutil.copytree(HERE / "projects" / "sphinx", tmp_path / "team")
    (source / "objects.inv").write_bytes(sphinx_inventory(citations, "0.3"))
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(source), str(tmp_path / "html")]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    page = (tmp_path / "html" / "index.html").read_text()
    for citation in citations:
        assert f'href="https://figures.example/docs/0.3/fig/{citation.id}/"' in page
    assert "Title &lt;of&gt; fig-rate" in page


def test_myst_finds_each_figure_on_its_page(citations: list[Citation]) -> None:
    listed = json.loads(myst_references(citations))
    assert listed["version"] == "1"
    for reference, citation in zip(listed["references"], citations, strict=True):
        assert (reference["identifier"], reference["kind"]) == (citation.id, "figure")
        assert reference["url"] == f"/fig/{citation.id}/"
        assert reference["data"] == f"/{myst_path(citation)}"
        (figure,) = json.loads(myst_page(citation))["mdast"]["children"]
        assert figure["html_id"] == reference["html_id"]
        assert figure["children"][0] == {"type": "image", "url": citation.image, "alt": citation.alt}
