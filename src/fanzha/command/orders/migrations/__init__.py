"""How the tables of orders came to be, step by step."""
