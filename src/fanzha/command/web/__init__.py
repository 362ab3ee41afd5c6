"""The site: settings, URL patterns, page frame and shared helpers. Each subject has an app of its own."""
