"""JSON: splitting a text into objects and parsing them to columns, with a limit on nesting."""
