"""Why are my loss and accuracy plots fluctuating? Measured answers, from experiments to a published site.

Importing this package is cheap: what needs TensorFlow is imported when it is first used.
"""
