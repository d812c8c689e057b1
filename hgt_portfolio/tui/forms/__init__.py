"""The forms: their fields as tables, and the dialog that fills them."""
