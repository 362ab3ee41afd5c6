"""Charts rendered as SVG on the server, each with a data table. They need no script and can be printed."""
