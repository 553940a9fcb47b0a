"""One module a channel folder, of the same name, with ``make() -> Peer``: it plays the provider."""
