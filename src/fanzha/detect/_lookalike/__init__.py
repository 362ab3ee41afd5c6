"""Parts of the look-alike website detector: weighing, telling, examples."""
