"""What the kernel says of this machine; every function takes the root its files lie under."""
