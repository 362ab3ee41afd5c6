"""Send process events to other systems as signed requests, with retries."""
