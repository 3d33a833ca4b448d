"""`llms.txt`: what the site knows, in plain Markdown, for programs that answer people's questions."""

from collections.abc import Iterator

from generator.pages.inputs import Inputs, Study
from generator.pages.wording import effect, interval
from generator.records.findings import ClaimFindings, Finding


def llms_text(inputs: Inputs, address: str) -> str:
    """Title, summary, every page and every verdict with its estimates; `address` is that of the version."""
    return "\n".join(_lines(inputs, address)) + "\n"


def _lines(inputs: Inputs, address: str) -> Iterator[str]:
    settings = inputs.settings
    yield from (f"# {settings.name}", "", f"> {settings.description}", "")
    yield f"Version {inputs.version}. Each figure has a page that says how to cite it. {settings.content_licence.name}."
    yield from ("", "## Pages", "")
    yield f"- [Find your curve]({address}find/): from what somebody sees to the page that measured it"
    for study in inputs.studies:
        yield f"- [{study.experiment.title}]({address}{study.experiment.id}/): {study.experiment.question}"
    yield from ("", "## Claims", "")
    for study in inputs.studies:
        for claims in study.claims:
            yield _claim(study, claims, address)
    yield from ("", "## Data", "")
    for name, content in (
        ("claims.json", "every comparison: estimate, interval, n, p-values, verdict"),
        ("figures.json", "every figure: files, data, alternative text, citation"),
    ):
        yield f"- [{name}]({address}{name}): {content}"


def _claim(study: Study, claims: ClaimFindings, address: str) -> str:
    found = "; ".join(f"{study.experiment.data_sets[f.data_set].label}: {_estimate(f)}" for f in claims.of("primary"))
    place = f"{address}{study.experiment.id}/#{claims.claim.id.lower()}"
    return f"- [{claims.claim.id}]({place}): {claims.claim.statement} **{claims.verdict.value}**. {found}."


def _estimate(finding: Finding) -> str:
    unit = f" {finding.comparison.unit}" if finding.comparison.unit else ""
    return f"{effect(finding, finding.estimate.estimate)}{unit} ({interval(finding)}), n = {finding.estimate.n}"
