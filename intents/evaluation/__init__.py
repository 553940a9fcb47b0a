"""How good a version is, whether it is better than another, and the gate to the active one."""
