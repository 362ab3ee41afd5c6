"""HTTP for screens, bare ASGI on the owner's loop: calls, look-ups, hash ranges, feeds, health, metrics."""
