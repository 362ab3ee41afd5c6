"""Check a parsed rule: resolve names, compute types, verify operands."""
