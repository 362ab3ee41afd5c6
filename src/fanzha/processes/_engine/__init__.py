"""Guards of an event and the changes it makes."""
