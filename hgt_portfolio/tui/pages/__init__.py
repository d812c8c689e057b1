"""The screens: one file a screen, and what each shows beside it."""
