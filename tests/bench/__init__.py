"""`python -m tests.bench`: the program's speed beside the limit and beside what a user would pick instead."""
