"""Shows that the site could move to Zensical: the same Markdown, built by it, has the same addresses and anchors.

`python -m generator.publishing.zensical PATH_OF_ZENSICAL` compares with the site that was built last, and lets the gate
judge it. Material for MkDocs reaches its end of life on 2027-05-05; Zensical is by the same authors and reads the same
configuration.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from selectolax.lexbor import LexborHTMLParser

from generator.errors import GeneratorError
from generator.publishing.gate import check_site
from generator.publishing.policy import protect

#: The folder below `build/` that Zensical writes: it keeps its output beside its configuration.
OUTPUT = "zensical"


def build_with_zensical(executable: str, root: Path) -> Path:
    """Build the Markdown that the last build wrote, with Zensical; returns the folder of its site."""
    inherited = root / "build" / "mkdocs.yml"
    if not inherited.is_file():
        raise GeneratorError(f"expected {inherited} of an earlier build, found none; build the site first")
    configuration = inherited.with_name("zensical.yml")
    configuration.write_text(yaml.safe_dump({"INHERIT": inherited.name, "site_dir": OUTPUT}), encoding="utf-8")
    command = [executable, "build", "--clean", "--strict", "--config-file", str(configuration)]
    try:
        finished = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    except OSError as error:
        raise GeneratorError(f"expected an executable of Zensical at {executable}, found: {error.strerror}") from None
    if finished.returncode:
        lines = (finished.stdout + finished.stderr).split("\n")
        told = "; ".join(line.strip() for line in lines if line.strip())[-500:]
        raise GeneratorError(f"expected Zensical to build the site without a message, found: {told}")
    return configuration.parent / OUTPUT


def anchors_of(site: Path) -> dict[str, frozenset[str]]:
    """The heading anchors of each page of a site, by the page's address; the page of missing pages has none."""
    pages = sorted(path for path in site.rglob("*.html") if path.name != "404.html")
    return {_address(path.relative_to(site)): _headings(path.read_bytes()) for path in pages}


def _address(path: Path) -> str:
    return path.as_posix().removesuffix("index.html") or "./"


def _headings(content: bytes) -> frozenset[str]:
    headings = LexborHTMLParser(content).css(", ".join(f"article h{level}[id]" for level in range(1, 7)))
    return frozenset(heading.attributes["id"] or "" for heading in headings)


def differences(ours: Mapping[str, frozenset[str]], theirs: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Every address and anchor that one of two sites has and the other lacks."""
    for page in sorted(ours.keys() | theirs.keys()):
        if page not in theirs or page not in ours:
            yield f"{page}: only with {'MkDocs' if page in ours else 'Zensical'}"
            continue
        yield from (f"{page}#{anchor}: only with MkDocs" for anchor in sorted(ours[page] - theirs[page]))
        yield from (f"{page}#{anchor}: only with Zensical" for anchor in sorted(theirs[page] - ours[page]))


def main(arguments: list[str]) -> int:
    """Build, compare and report; 1 where anything differs."""
    if len(arguments) != 1:
        print("usage: python -m generator.publishing.zensical PATH_OF_ZENSICAL", file=sys.stderr)
        return 2
    root = Path.cwd()
    try:
        site = build_with_zensical(arguments[0], root)
        protect(site)
    except GeneratorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    ours, theirs = anchors_of(root / "site"), anchors_of(site)
    found = [*differences(ours, theirs), *(f"{fault.page}: {fault.message}" for fault in check_site(site))]
    print(*found, sep="\n", end="\n" if found else "")
    pages, anchors = len(ours), sum(map(len, ours.values()))
    print(
        f"{pages} pages and {anchors} anchors with MkDocs, {len(theirs)} pages with Zensical: "
        f"{len(found)} differences and faults"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
