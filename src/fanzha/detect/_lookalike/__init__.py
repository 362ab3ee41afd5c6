"""Parts of the look-alike website detector: scoring, findings and examples."""
