"""One processor for a process, its threads included."""

import os
import sys


def pin() -> None:
    """Keep this process on the highest processor it may use; call before anything starts threads."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
