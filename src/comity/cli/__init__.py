"""Commands: ``comity <noun> <verb>``. A command parses, calls one function below, and renders."""
