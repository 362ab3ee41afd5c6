"""The command plane: where people decide and order."""
