"""The terminal UI: Textual is imported only in this package."""
