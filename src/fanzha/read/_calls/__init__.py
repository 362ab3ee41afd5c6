"""Call records of softswitches: their rows, put together to calls."""
