"""YAML parser that records the line of every value."""
