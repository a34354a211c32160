"""How verdicts are told: on a terminal, in sentences, and for other programs (`write`)."""
