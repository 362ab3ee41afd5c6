"""Format a parsed rule: expressions, and the comments of the source text."""
