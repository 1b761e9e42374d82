"""What surrounds the work: actions, menus, messages, dialogs, preferences."""
