"""How an event is judged and what it changes."""
