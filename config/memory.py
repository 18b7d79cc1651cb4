"""How much memory a process has held."""

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory this process has held, in MB of 2^20 bytes.

    Linux keeps in ``ru_maxrss`` what the process that started this one held (it survives ``exec``),
    so its own high-water mark is read where there is one.
    """
    if _STATUS.exists():
        own = re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text(encoding="ascii", errors="ignore"))
        if own:
            return int(own[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
