"""What the tests with real clients stand on: an index to talk to, packages to publish, tools to run."""
