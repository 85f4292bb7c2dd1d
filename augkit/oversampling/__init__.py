"""SMOTE and its kin as imbalanced-learn samplers that tell the parents of every row they make; heads and weights."""
