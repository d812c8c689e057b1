"""Every table of the ledger and every validated input model, one file a subject.

Nothing is imported here, so that a reader maps only the tables it needs.
"""
