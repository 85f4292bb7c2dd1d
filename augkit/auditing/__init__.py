"""Finding what would spoil a training before it starts: measurements, checks of them, and a report."""
