"""Settings, stores and the network, as the environment names them."""
