"""The tables that may leave the platform: one file a table, each defines `TABLE`."""
