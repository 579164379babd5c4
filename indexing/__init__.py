"""Records become something searchable: segmented words, extracted facts, vectors and the indexes over them."""
