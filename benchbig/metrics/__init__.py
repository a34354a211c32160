"""Metrics: what a prediction is worth, and how sure that is; names.py needs no numpy."""
