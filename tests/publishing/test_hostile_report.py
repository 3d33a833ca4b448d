"""The real pages with hostile words in every text field of the experiments, against the same pages with harmless ones.

The two sites must have the same elements, and the same texts but for the words that were exchanged.
"""

import dataclasses
import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from generator import experiments
from generator.pages.inputs import gather
from generator.pages.report import make_report, write_report
from generator.publishing.site import build_site
from generator.records import record as records
from generator.records.registrations import register
from generator.settings import read_settings
from generator.spec import Experiment
from tests.figures.synthetic import record_of
from tests.hostile import COUNT, folded, hostile_texts, seen

from .checkout import EXAMPLES, WHOLE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

PER_FIELD = COUNT // 100
SEPARATOR = " 00000 "

#: The fields that hold words, by the name of their class.
WORDS = {
    "Experiment": {"title", "question", "labels"},
    "DataSet": {"label"},
    "Claim": {"statement", "mechanism_statement", "expectation", "explanation"},
    "Comparison": {"unit"},
    "Curve": {"label"},
    "Figure": {"title", "question"},
}

HARMLESS = re.compile(r"Harmless(\d+)x")

#: A lasting address, which differs since labels are part of the data.
ADDRESS = re.compile(r"/f/[0-9a-f]{12}/")

LINKED_DATA = 'script[type="application/ld+json"]'

#: Element, names of attributes, texts.
Node = tuple[str, list[str], list[str]]

Supply = Callable[[], str]

#: What the glossary makes of a term in the running text, whoever wrote that.
TERM = re.compile(rb'<a class="term" href="[^"]*glossary/#[a-z0-9-]+" title="[^"]*">([^<]*)</a>')


def reworded(value: Any, supply: Supply, *, words: bool = False) -> Any:
    """A value of the specification with other words in each text field that is not empty."""
    if words and isinstance(value, str):
        return supply() if value else value
    if isinstance(value, Mapping):
        return {name: reworded(item, supply, words=words) for name, item in value.items()}
    if isinstance(value, tuple):
        return tuple(reworded(item, supply) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = {field.name for field in dataclasses.fields(value) if field.init}
    texts = WORDS.get(type(value).__name__, set())
    changed = {name: reworded(getattr(value, name), supply, words=name in texts) for name in sorted(fields)}
    return dataclasses.replace(value, **changed)


def harmless() -> Iterator[str]:
    return (f"Harmless{number}x" for number in itertools.count())


def hostile() -> list[str]:
    """A batch of texts for each field; it begins with a capital, as a sentence that begins with it would."""
    texts = hostile_texts()
    return [SEPARATOR.join(["Hostile", *texts[start : start + PER_FIELD]]) for start in range(0, len(texts), PER_FIELD)]


def make_site(root: Path, words: Iterator[str]) -> Path:
    """A site of experiments in these words, from synthetic records."""
    chosen = [e for name, e in experiments.load().items() if WHOLE or name in EXAMPLES]
    shutil.copytree(ROOT / "templates", root / "templates")
    shutil.copy(ROOT / "mkdocs.yml", root / "mkdocs.yml")
    changed: list[Experiment] = [reworded(e, lambda: next(words)) for e in chosen]
    register(root, changed, "2026-01-01", None)
    for experiment in changed:
        registration = {claim.id: experiment.registration(claim) for claim in experiment.claims}
        provenance = {"versions": {"keras": "3.0"}}
        made = dataclasses.replace(record_of(experiment.id), provenance=provenance, registration=registration)
        (root / "records" / f"{experiment.id}.json").write_text(records.dumps(made))
    report = make_report(gather(root, changed, read_settings(root), "0.1"), root, 1, lambda *_: lambda: None)
    write_report(report, root / "build" / "docs")
    build_site(root / "build" / "docs", report.nav, root / "site", root)
    return root / "site"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The harmless site and the hostile one."""
    return (
        make_site(tmp_path_factory.mktemp("harmless"), harmless()),
        make_site(tmp_path_factory.mktemp("hostile"), itertools.cycle(hostile())),
    )


def exchanged(text: str) -> str:
    """A text of the harmless site in the words of the hostile one."""
    words = hostile()
    return HARMLESS.sub(lambda found: words[int(found[1]) % len(words)], text)


def read(page: Path) -> list[Node]:
    """Every node of a page in order: element, names of attributes, and texts; citations as code are left to others.

    Where a term of the glossary stands among the words, its link is ours.
    """
    parsed = LexborHTMLParser(TERM.sub(rb"\1", page.read_bytes()))
    data = [script.text() for script in parsed.css(LINKED_DATA)]
    for block in parsed.css(f"pre, {LINKED_DATA}"):
        block.decompose()
    assert parsed.root is not None
    return [_node(node) for node in parsed.root.traverse(include_text=True)] + [
        ("data", [path], [text]) for one in data for path, text in _leaves(json.loads(one), "")
    ]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text of a JSON document with its path."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            yield from _leaves(item, f"{path}/{name}")
    else:
        yield path, str(value)


def _node(node: LexborNode) -> Node:
    if node.tag == "-text":
        return "", [], [node.text(deep=False)]
    names = sorted(node.attributes)
    return str(node.tag), names, [node.attributes[name] or "" for name in names]


def test_every_page_differs_in_its_words_only(sites: tuple[Path, Path]) -> None:
    names = [page.relative_to(sites[0]) for page in sorted(sites[0].rglob("*.html"))]
    for name in names:
        ours, theirs = (read(site / name) for site in sites)
        assert [node[:2] for node in theirs] == [node[:2] for node in ours], name
        for (tag, _, before), (_, _, after) in zip(ours, theirs, strict=True):
            for one, other in zip(before, after, strict=True):
                if HARMLESS.search(one):
                    assert ADDRESS.sub("", folded(other)) == ADDRESS.sub("", seen(exchanged(one))), (name, tag)
    assert len(names) > 20
    print(f"{COUNT} texts in the fields of the experiments on {len(names)} pages: 0 differ")
