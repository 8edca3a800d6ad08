"""Everything that is written: atomic artifacts, the run folder, events, locks, interruption."""
