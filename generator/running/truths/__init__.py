"""Problems whose answer is known, solved by the code that experiments run: what the ground-truths page measures."""
