"""What several rooms of tests work on: events, orders, lakes, warehouses, and reports made once."""
