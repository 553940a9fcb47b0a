"""The routes of contract.md, one file a subject."""
