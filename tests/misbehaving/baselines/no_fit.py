"""Has no function `fit`."""
