"""State as a whole, from outside the processor: written to a file and back, shown, and held against the topics."""
