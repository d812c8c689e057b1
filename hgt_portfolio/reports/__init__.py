"""Named reports: figures → ``Table``s."""
