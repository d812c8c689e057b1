"""``Table`` → terminal text, CSV, JSON, xlsx: every output prints the cells it is given and computes nothing."""
