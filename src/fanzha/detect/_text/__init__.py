"""Parts of the text detectors: scoring, repeats, findings and examples."""
