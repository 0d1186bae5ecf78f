-- lua: 5.2
-- An error without a value says nothing.
error()
