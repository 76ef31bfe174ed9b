"""What is true of a made-up store: what it sells, who orders, what becomes of the orders."""
