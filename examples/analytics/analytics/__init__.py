"""A Flower app: statistics over data that stays where it is, with pandas."""
