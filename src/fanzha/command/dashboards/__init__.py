"""The first page of each desk: what is asked of it every morning."""
