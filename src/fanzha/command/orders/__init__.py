"""Orders: one organisation asks others to act, and each proves it: what goes out, what comes back, what is proven."""
