"""What tabular models share: a table into columns to learn from, scores into probabilities."""
