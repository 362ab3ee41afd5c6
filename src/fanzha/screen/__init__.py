"""The screen plane: answers in the moment."""
