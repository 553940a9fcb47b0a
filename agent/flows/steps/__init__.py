"""Kinds of step, one file each: ``KIND`` is its name in YAML, ``parse`` makes one of a section."""
