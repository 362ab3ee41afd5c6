"""What the trained models are made of, on numpy and numba: folding, n-grams, linear scorers, trees, figures, cards."""
