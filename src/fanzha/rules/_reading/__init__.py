"""Parse a text: tokenizer, token cursor, and recursive descent for expressions and clauses."""
