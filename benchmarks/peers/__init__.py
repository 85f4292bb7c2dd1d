"""The sides of benchmarks/transforms.py: what each is asked to do, and the processes that do it."""
