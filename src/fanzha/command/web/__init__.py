"""The site as a whole: settings, addresses, the frame of every page; each desk is an app of its own beside it."""
