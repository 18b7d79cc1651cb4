"""Files of engagements: bytes to lines (``lines``), lines to engagements (``formats``)."""
