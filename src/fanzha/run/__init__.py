"""What starts what."""
