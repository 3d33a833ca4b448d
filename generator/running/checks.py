"""Checks for machines: JSON, and the XML that test reports are read from."""

import json
from collections.abc import Sequence
from xml.etree import ElementTree

from generator.running.verify import Check


def as_json(checks: Sequence[Check]) -> str:
    """A list with an object for each experiment."""
    return json.dumps([{**vars(check), "agreement": check.agreement.value} for check in checks], indent=1)


def as_junit(checks: Sequence[Check]) -> str:
    """A test suite with a case for each experiment, in the form that JUnit made common."""
    suite = ElementTree.Element(
        "testsuite",
        name="verify",
        tests=str(len(checks)),
        failures=str(sum(check.contradicted for check in checks)),
        errors="0",
        skipped="0",
    )
    for check in checks:
        case = ElementTree.SubElement(suite, "testcase", classname="verify", name=check.experiment)
        told = ElementTree.SubElement(case, "failure" if check.contradicted else "system-out")
        if check.contradicted:
            told.set("message", check.agreement.value)
        told.text = str(check)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


#: Ways to tell checks.
FORMATS = {
    "text": lambda checks: "\n".join(str(check) for check in checks),
    "json": as_json,
    "junit": as_junit,
}
