"""Lists the licence of every locked package, from the metadata of installed ones: `licences.py FOLDER...`."""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

#: Longer texts are whole licences, which some packages put where a name is asked for.
_LONGEST_NAME = 60


def licence(package: Distribution) -> str:
    """What a package says of its licence: an SPDX expression, its classifiers, its own words, or the text's."""
    metadata = package.metadata
    if expression := metadata["License-Expression"]:
        return str(expression)
    classifiers = metadata.get_all("Classifier") or []
    if named := [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License :: ")]:
        return "; ".join(sorted(named))
    told = " ".join(str(metadata["License"] or "").split())
    if 0 < len(told) <= _LONGEST_NAME:
        return told
    text = package.read_text("licenses/LICENSE") or ""
    return next((line.strip() for line in text.splitlines() if "licen" in line.lower()), "not stated")


def listed(folders: list[str]) -> Iterator[str]:
    """One line a package: name, version and licence."""
    for found in distributions(path=folders):
        name = found.metadata["Name"].lower().replace("_", "-").replace(".", "-")
        yield f"{name}\t{found.version}\t{licence(found)}"


if __name__ == "__main__":
    print(*sorted(set(listed(sys.argv[1:]))), sep="\n")
