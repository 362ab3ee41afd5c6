"""What goes out and looks: followers of logs, fetchers, probers and incoming feeds. Nothing here knows the site."""
