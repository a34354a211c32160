"""Does not import."""

raise RuntimeError("no")
