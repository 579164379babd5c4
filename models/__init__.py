"""The vocabulary: what a posting, a talent, a course, a need, an offer, a policy and a match are; no I/O."""
