"""The documentation: that its pages are made without a warning, and that what they say to type does what they say."""
