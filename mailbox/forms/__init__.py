"""What people type, checked where they typed it: one plain sentence beside the field, and everything kept."""
