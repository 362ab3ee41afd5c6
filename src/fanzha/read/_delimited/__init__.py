"""How a delimited text is written, and its chunks as columns."""
