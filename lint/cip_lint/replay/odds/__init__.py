"""What chance decides: one seeded draw, and how likely static values are lost."""
