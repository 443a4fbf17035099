"""The passes that bring a draft into house form, by what they are about."""
