"""Charts, as shapes in a frame of 420 units' width, and the figures behind each as a table."""
