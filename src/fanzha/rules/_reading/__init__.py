"""Reading a text: tokens, a cursor among them, expressions and clauses by recursive descent."""
