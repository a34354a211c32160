"""What the stored predictions of a row say beyond one number, made ready to be drawn."""
