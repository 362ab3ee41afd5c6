"""The compiled part of the door: a heap of those who wait, and a table of all ids that may come again."""
