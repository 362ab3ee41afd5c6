"""The compiled parts of text codes."""
