-- lua: 5.5
-- An error without a value.
error()
