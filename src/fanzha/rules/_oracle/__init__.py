"""The parts of the oracle: a rule once more as one plain SQL text, which shares only the tree with the kernel."""
