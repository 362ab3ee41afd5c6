"""Families of windows with a shared log: plan, arrays, encoded plan, explanation, saved state."""
