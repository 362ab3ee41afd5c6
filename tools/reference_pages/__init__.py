"""The reference pages, one file a page: each writes what the code says of itself."""
