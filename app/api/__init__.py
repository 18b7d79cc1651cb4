"""What programs read and record over HTTP with a token; the shapes are those of ``--json``."""
