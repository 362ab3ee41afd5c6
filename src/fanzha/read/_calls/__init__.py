"""Call records of softswitches: parsing of their rows and assembly of calls."""
