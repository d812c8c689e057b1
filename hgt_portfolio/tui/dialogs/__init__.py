"""The dialogs: small screens over another, each asking for one thing."""
