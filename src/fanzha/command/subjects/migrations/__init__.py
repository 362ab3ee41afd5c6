"""Tables of subjects and what is said of them, as they came to be."""
