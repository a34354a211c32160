"""The data a task gives and a model sees."""

from benchbig.data.parts import Context, Notes, Part, Predict, Split

__all__ = ["Context", "Notes", "Part", "Predict", "Split"]
