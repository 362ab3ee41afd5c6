"""JSON as columns: objects found in a text of any shape, parsed in bulk, with a guard against deep nesting."""
