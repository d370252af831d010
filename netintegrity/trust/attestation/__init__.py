"""Hardware roots: what a quote is worth, one module for each maker's chip."""
