"""What classical models share: tables and pictures into columns, scores into probabilities."""
