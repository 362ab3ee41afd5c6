"""The column map: which of a source's columns is which of ours, in which units, on which legal basis."""
