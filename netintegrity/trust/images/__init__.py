"""Signed image containers: one module per way in which a vendor signs an image file itself."""
