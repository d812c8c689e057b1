"""Portfolio and investment tracker for the 62 projects of a district's ecological civilisation plan."""

__version__ = "0.4.0"
