"""Plain HTTP gateways: Kannel, Jasmin and what speaks like them."""
