"""How rules are run over single facts: fields read, calls joined, windows fed and rules decided without columns."""
