"""The parts of a Session: each is given the whole of it, and reaches the others through it alone."""
