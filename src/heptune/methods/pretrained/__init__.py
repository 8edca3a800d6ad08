"""What every method does that starts from a pretrained network: tokens, the network with a new head, the bundle."""
