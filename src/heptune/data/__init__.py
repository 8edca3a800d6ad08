"""From files to rows: readers, encodings, columns, labels, sampling, splits."""
