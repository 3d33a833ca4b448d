"""The glossary: which words of a page link to it, and which never do."""

from pathlib import Path

import markdown
import pytest

from generator.errors import GeneratorError
from generator.pages.glossary import Term, linked, read_glossary

ROOT = Path(__file__).resolve().parents[2]
TERMS = (
    Term(name="batch", forms=("batches",), definition="Some examples."),
    Term(name="batch size", forms=(), definition="How many."),
    Term(name="exact loss", forms=("exact training loss",), definition="Of everything."),
)
BATCH = '[{}](glossary.md#batch "Some examples."){{: .term }}'


def test_the_first_occurrence_links_and_no_other() -> None:
    assert (
        linked("A batch, two batches.\n\nBatch.\n", TERMS, "") == f"A {BATCH.format('batch')}, two batches.\n\nBatch.\n"
    )


def test_the_longest_form_is_found_and_every_term_once() -> None:
    page = linked("The batch size of a batch. An exact training loss.", TERMS, "../")
    assert page == (
        'The [batch size](../glossary.md#batch-size "How many."){: .term } of a '
        '[batch](../glossary.md#batch "Some examples."){: .term }. '
        'An [exact training loss](../glossary.md#exact-loss "Of everything."){: .term }.'
    )


@pytest.mark.parametrize(
    "literal",
    [
        "# A batch",
        "`batch`",
        "``batch ` ``",
        "[batch](page.md)",
        "[a [batch] more](page.md)",
        "![batch](x.svg)",
        '<p title="batch">',
        "{: .batch }",
        "https://example.org/batch",
        "    batch",
        '??? note "batch"',
        '=== "batch"',
        "```\nbatch\n```",
        "~~~ python\nbatch\n```\nbatch\n~~~",
        "---\ntitle: batch\n---",
        "<label>batch</label>",
        "mini-batch",
        "batched",
        "|---|---|",
    ],
)
def test_what_is_no_prose_stays(literal: str) -> None:
    assert linked(literal, TERMS, "") == literal


@pytest.mark.parametrize("before", ["---\ntitle: batch\n---\n", "```\nbatch\n```\n", "# batch\n", "`batch` "])
def test_prose_after_it_links(before: str) -> None:
    assert linked(f"{before}A batch", TERMS, "") == f"{before}A {BATCH.format('batch')}"


def test_a_link_is_a_link_with_its_definition_in_tables_and_html_too() -> None:
    page = linked('| a batch |\n|---|\n| x |\n\n<p markdown="span">exact loss</p>\n', TERMS, "")
    html = markdown.markdown(page, extensions=["tables", "attr_list", "md_in_html"])
    assert '<a class="term" href="glossary.md#batch" title="Some examples.">batch</a>' in html
    assert '<a class="term" href="glossary.md#exact-loss" title="Of everything.">exact loss</a>' in html


def test_the_projects_terms_are_distinct_in_plain_words_and_sorted() -> None:
    terms = read_glossary(ROOT / "templates" / "glossary.toml")
    forms = [form.lower() for term in terms for form in (term.name, *term.forms)]
    assert len(forms) == len(set(forms))
    assert len({term.id for term in terms}) == len(terms)
    assert [term.name.lower() for term in terms] == sorted(term.name.lower() for term in terms)
    assert all(term.definition[0].isupper() and term.definition.endswith(".") for term in terms)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[x", "expected a glossary"),
        ('[x]\nforms = ["y"]\n', "expected a definition, and perhaps forms, of 'x'"),
        ('[x]\ndefinition = "d"\nlink = "y"\n', "expected a definition, and perhaps forms, of 'x'"),
        ("[x]\ndefinition = 'say \"d\"'\n", "expected a definition of 'x' in plain words"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(text)
    with pytest.raises(GeneratorError, match=f"glossary.toml: {found}"):
        read_glossary(path)
