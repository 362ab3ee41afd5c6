"""How a process becomes a picture: what stands in it, where, and as which lines."""
