"""How it looks: colours, icons, pictures, numbers in words."""
