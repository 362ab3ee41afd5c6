"""Parts of the reader of Android packages: what a child process takes out of one, and the report of it."""
