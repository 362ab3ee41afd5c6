"""YAML texts read into plain values, each of which knows its line."""
