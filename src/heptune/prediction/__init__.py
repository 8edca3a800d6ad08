"""Files of texts in, files with answers out: a batch at a time, in order, whatever a row holds."""
