"""Looking for wrong settings before customers find them. ``textwise doctor`` prints what is found.

Nothing here changes anything: no migration, no index, no file.
"""
