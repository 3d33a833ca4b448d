"""What is measured, each in a process of its own."""

import json
import sys
from collections.abc import Callable
from typing import Any


def serve(repetition: Callable[[str], Any]) -> None:
    """Say that everything is prepared, then do one repetition for every line that is read."""
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(repetition(line.strip())), flush=True)
