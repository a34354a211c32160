"""What models share to turn a table into what they can learn from, and scores into probabilities."""
