"""The door for providers, who have no node: answers to orders, returns, the list of revocations."""
