"""A generated farmland scene with its true mask, to try the program on and to score it."""
