-- lua: 5.3
-- An error without a value.
error()
