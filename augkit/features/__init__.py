"""Pictures to rows of features: scikit-learn transformers over arrays, Pillow pictures or paths."""
