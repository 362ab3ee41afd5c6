"""Template filters of campaigns."""
