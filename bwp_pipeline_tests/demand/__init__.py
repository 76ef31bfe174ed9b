"""What would have sold, what to order, whether a rate is in control."""
