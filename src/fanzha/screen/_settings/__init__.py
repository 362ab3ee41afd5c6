"""The settings of a screen: what each table of the file may say, and how a file is checked."""
