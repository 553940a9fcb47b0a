"""HTTP: routes, channels, the console and the phone simulator."""
