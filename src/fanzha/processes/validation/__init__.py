"""What must hold of a process before it may run, checked when its text is loaded."""
