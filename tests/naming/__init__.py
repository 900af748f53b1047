"""Names as feeds write them, with known truth: what resolves, what resolves wrongly, and what that does to problems."""
