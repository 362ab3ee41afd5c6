"""Layout and SVG output of process diagrams."""
