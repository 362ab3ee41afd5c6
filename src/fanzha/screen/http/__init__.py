"""The HTTP API of screens, plain ASGI on the owner's loop: calls, look-ups, hash ranges, feeds, health, metrics."""
