"""Writing a tree as text: phrases, and the comments that stood in the text it was read from."""
