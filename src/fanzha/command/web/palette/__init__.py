"""Search as one types and the command palette: what apps offer, matched with a text and ranked."""
