"""The rim: HTTP, web pages, the command line and the environment."""
