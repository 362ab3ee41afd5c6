"""The compiled parts of the call register."""
