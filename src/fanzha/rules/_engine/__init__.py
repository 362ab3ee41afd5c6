"""The parts of the engine: the sequence, columns, windows in order of dependence, evaluation."""
