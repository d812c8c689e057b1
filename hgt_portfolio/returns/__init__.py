"""Unit workbooks out and back in: what was sent, what came back, and what the ledger says now, merged."""
