"""The web chat: a page of ours that a shop's site can show in a corner."""
