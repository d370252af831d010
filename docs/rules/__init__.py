"""One page for each rule; `netintegrity explain NI-101` prints them."""
