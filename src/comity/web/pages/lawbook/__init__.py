"""The law explorer: instruments, articles, processes, and how each State reads them."""
